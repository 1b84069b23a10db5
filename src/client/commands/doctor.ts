import type { Command } from 'commander';
import { z } from 'zod';
import { locateClusterConfig } from '../../config/locate';
import type { Finding } from '../../domain/checkup';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { connectionSettings } from '../../temporal/connection';
import { examine, type Examination } from '../doctor/examine';
import { applyFixes } from '../doctor/fixes';
import { lookAtCluster } from '../doctor/lookAtCluster';
import type { Session } from '../session';
import { checkupView, summary } from '../view/checkupView';
import { repeatable } from './readingOptions';
import { examples } from './shared';

/** `pxm doctor`: what is wrong, and what to do about it. */
export function addDoctorCommand(program: Command, session: Session): void {
  const command = program
    .command('doctor')
    .summary('check everything: configuration, Temporal, access, the cluster')
    .description(
      'Checks the configuration, Temporal and its workers, the API token and its privileges, certificates, SSH and the cluster, and says for each fault what to do. Changes nothing without --fix. Exits 0 where nothing failed (with --strict: and nothing is to be warned of), 1 where something did, 2 where the configuration is not valid. What another fault hides is named as not checked. Without the API token here a worker looks at the cluster.',
    )
    .option('--strict', 'exit 1 for warnings too')
    .option(
      '--fix',
      'mend what is safe, each thing shown first: register search attributes, accept a host key or certificate that you have compared',
    )
    .addOption(
      repeatable(
        '--accept <fingerprint>',
        'with --fix and without a terminal: trust what has this fingerprint',
      ),
    );
  examples(command, [
    ['pxm doctor', 'what is wrong?'],
    ['pxm doctor --fix', 'and mend what can be mended here'],
    [`pxm doctor --json | jq '.findings[] | select(.status == "failed")'`, 'for programs'],
  ]).action(async () => {
    session.exitCode = await doctor(session, options.parse(command.opts()));
  });
}

const options = z.object({
  strict: z.boolean().default(false),
  fix: z.boolean().default(false),
  accept: z.array(z.string()).default([]),
});

async function doctor(session: Session, { strict, fix, accept }: z.infer<typeof options>): Promise<ExitCode> {
  const examination = await examine({
    locateConfig: () => locateClusterConfig(session.configFile),
    findServer: connectionSettings,
    lookAtCluster: () => lookAtCluster(session),
  });
  if (!fix || examination.findings.every((finding) => finding.fix === undefined)) {
    return show(session, examination, strict);
  }
  if (session.output.interactive) session.output.note(checkupView(session.output, examination.findings));
  const mended = await applyFixes(session, examination, accept);
  if (mended.findings.some(({ status }) => status === 'notChecked'))
    session.output.note('What was hidden by what is mended now: run pxm doctor again.');
  return show(session, mended, strict);
}

function show(session: Session, { findings, via, config }: Examination, strict: boolean): ExitCode {
  const exitCode = exitCodeOf(findings, strict);
  const document = { cluster: config?.cluster.name, via, summary: summary(findings), findings, exitCode };
  session.output.result(document, session.output.json ? '' : checkupView(session.output, findings));
  return exitCode;
}

function exitCodeOf(findings: readonly Finding[], strict: boolean): ExitCode {
  if (findings.some(({ check, status }) => check === 'config' && status === 'failed'))
    return exitCodes.badInput;
  const counts = strict ? ['failed', 'warning'] : ['failed'];
  return findings.some(({ status }) => counts.includes(status)) ? exitCodes.incomplete : exitCodes.done;
}
