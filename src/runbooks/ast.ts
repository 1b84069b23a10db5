import type { Position } from '../config/yamlDocument';
import type { Expectation } from '../domain/runbook/expectation';
import type { Expression } from '../domain/runbook/expression';
import type { BuiltinName, Capture, Executor, Poll } from '../domain/runbook/plan';
import type { FrontMatter, ParameterType } from './frontMatter/schema';
import type { Placeholder } from './parse/placeholders';
import type { Fragment, SourceText } from './source';

/** A runbook as it was read, with the place of everything that a problem may be about. */
export interface Runbook {
  /** The file as the user named it. */
  readonly file: string;
  readonly source: SourceText;
  /** Of the file's bytes (hex). */
  readonly sha256: string;
  readonly frontMatter: FrontMatter;
  readonly title: string;
  readonly parameters: readonly Parameter[];
  /** Of the sections "Steps" and "Cleanup", in the order of the file. */
  readonly steps: readonly Step[];
  /** Lines of the section "Cleanup" that are no steps. */
  readonly cleanupNotes: readonly string[];
}

/** A parameter, from the front matter or from the list "Parameters". */
export interface Parameter {
  readonly name: string;
  readonly place: Position;
  readonly description: string;
  readonly type: ParameterType;
  readonly required: boolean;
  readonly default?: string;
  /** A key of cluster-config.yaml that gives the default, e.g. `defaults.storage`. */
  readonly from?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One step: a list item or a numbered heading. */
export interface Step {
  readonly section: 'steps' | 'cleanup';
  readonly title: string;
  readonly place: Position;
  readonly group?: string;
  readonly label?: Label;
  /** Behind the label: for every block of the step. */
  readonly attributes: readonly Attribute[];
  /** The step's own words, without blocks and expectations. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  /** Human steps have no block; these are theirs. */
  readonly options: Options;
}

/** Who does a step. Several only in the form of the seed's template, `(API|SSH)`. */
export interface Label {
  readonly executors: readonly Executor[];
  readonly place: Position;
  /** In the file, with the brackets. */
  readonly start: number;
  readonly end: number;
}

/** One of `{#id key=value flag}`. */
export interface Attribute {
  /** `#` for an id. */
  readonly name: string;
  /** True for a flag. */
  readonly value: Fragment | true;
  readonly place: Position;
}

/** What a fenced block is. */
export type Language = 'http' | 'bash' | 'command' | 'builtin' | 'runbook' | 'file';

/** One fenced block of a step that does something. */
export interface Block {
  readonly language: Language;
  /** As it is written behind the fence. */
  readonly writtenLanguage: string;
  readonly place: Position;
  /** The fence in the file, from its first backtick to its last. */
  readonly start: number;
  readonly end: number;
  readonly content: Fragment;
  readonly placeholders: readonly Placeholder[];
  readonly options: Options;
  readonly expectations: readonly PlacedExpectation[];
  /** Of http, builtin and runbook blocks. */
  readonly call?: Call;
}

/** A first line with what is called, then one `name=value` (or, for headers, `Name: value`) a line. */
export interface Call {
  readonly head: Fragment;
  readonly headers: readonly CallArgument[];
  readonly arguments: readonly CallArgument[];
}

/** A line of a call. */
export interface CallArgument {
  readonly name: string;
  readonly place: Position;
  readonly value: Fragment;
}

/** An expectation with its place. */
export interface PlacedExpectation {
  readonly place: Position;
  readonly expectation: Expectation;
  readonly placeholders: readonly Placeholder[];
}

/** A condition with its place. */
export interface PlacedExpression {
  readonly expression: Expression;
  readonly place: Position;
}

/** What the attributes of a block say. */
export interface Options {
  readonly id?: { readonly name: string; readonly place: Position };
  readonly when?: PlacedExpression;
  readonly unless?: PlacedExpression;
  readonly timeoutMs?: number;
  readonly waitForTask: boolean;
  readonly forEach?: { readonly list: string; readonly place: Position };
  readonly as: string;
  readonly parallel: number;
  readonly onError: 'stop' | 'continue';
  readonly poll?: Poll & { readonly place: Position };
  readonly captures: readonly (Capture & { readonly place: Position })[];
  readonly expectations: readonly PlacedExpectation[];
  readonly destructive: boolean;
  readonly readOnly: boolean;
  readonly cleanup?: 'always' | 'onFailure';
  /** `every`, or the name of a node with placeholders. */
  readonly on?: Fragment;
  readonly stdin?: Fragment;
  readonly file?: Fragment;
  readonly mode: string;
}

/** A built-in with the arguments that it knows. */
export interface Builtin {
  readonly name: BuiltinName;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Whether it gives a value that can be captured. */
  readonly answers: boolean;
}
