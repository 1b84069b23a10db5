export { makeFolder } from '../../config/requireFolder';
