import type { EndpointTable } from '../http/call';

/** The same endpoints, of which the changing ones write user.cfg anew: what the file held and nobody read is gone then. */
export function writingUserConfig(endpoints: EndpointTable): EndpointTable {
  return Object.fromEntries(
    Object.entries(endpoints).map(([endpoint, handler]) => {
      if (endpoint.startsWith('GET ')) return [endpoint, handler];
      return [
        endpoint,
        async (call) => {
          const { access } = call.cluster;
          const before = access.staleEntries.length;
          const result = await handler(call);
          access.staleEntries.splice(0, before);
          return result;
        },
      ];
    }),
  );
}
