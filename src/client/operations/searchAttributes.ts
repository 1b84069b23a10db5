import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { SearchAttributeName } from '../../domain/names';

/** The value of a keyword search attribute; undefined if the operation has not set it. */
export function keywordOf(
  execution: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>,
  name: Exclude<SearchAttributeName, 'PveVmids'>,
): string | undefined {
  return execution.typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD));
}
