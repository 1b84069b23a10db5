import { checkRunbook } from '../../src/runbooks/check/check';
import { withinTime } from '../../src/runbooks/withinTime';
import { around, checkText, kindsOf, shellParser } from './support/runbooks';

const head = '---\nname: a\ndescription: b\n---\n\n## Steps\n\n';
const size = 60_000;

describe('texts that are made to keep parsers busy', () => {
  it.each([
    ['quotes in quotes', head + '>'.repeat(size)],
    ['lists in lists', head + '1. '.repeat(size / 3)],
    ['emphasis', head + '**a'.repeat(size / 3)],
    ['brackets of YAML', `---\n${'['.repeat(size)}\n---\n`],
  ])('%s are given up, with a place', async (_what, text) => {
    // Of the processor: how long it takes by the clock depends on what else the machine does.
    const started = process.cpuUsage();
    const { problems } = await checkText(text);
    const { user, system } = process.cpuUsage(started);
    expect(problems[0]).toMatchObject({ kind: 'file', line: 1 });
    expect((user + system) / 1000).toBeLessThan(10_000);
  });

  it('scripts with more than 200 placeholders are refused', async () => {
    const text = around(`1. **A** (SSH)\n   \`\`\`bash\n   echo ${'{{text}} '.repeat(201)}\n   \`\`\`\n`);
    expect(kindsOf(await checkText(text))).toEqual(['bad-block']);
  });

  it('scripts that are nested without end are refused', async () => {
    const text = around(
      `1. **A** (SSH)\n   \`\`\`bash\n   echo ${'$('.repeat(2000)}${')'.repeat(2000)}\n   \`\`\`\n`,
    );
    expect(kindsOf(await checkText(text))).toContain('shell-syntax');
  });

  it('what is no UTF-8 is refused', async () => {
    const { problems } = checkRunbook('x.md', Buffer.from([0xff, 0xfe, 0x41]), await shellParser());
    expect(problems).toMatchObject([{ kind: 'file', line: 1, column: 1 }]);
  });
});

describe('a time limit', () => {
  it('gives back what was done in time, and ends what was not', () => {
    expect(withinTime(1000, () => 5)).toEqual({ value: 5 });
    expect(
      withinTime(50, () => {
        for (;;);
      }),
    ).toBeUndefined();
    expect(withinTime(1000, () => 6)).toEqual({ value: 6 });
  });

  it('passes on what was thrown', () => {
    expect(() =>
      withinTime(1000, () => {
        throw new TypeError('x');
      }),
    ).toThrow(TypeError);
  });
});
