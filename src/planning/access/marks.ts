/** How a comment of everything that bootstrap makes begins: by it undo knows its own (roles and entries have none). */
const mark = 'Made by proxmox-manager';

/** The comment for users, tokens and pools. */
export function markOf(cluster: string): string {
  return `${mark} for cluster ${cluster}`;
}

/** Whether something was made by us. */
export function isMarked({ comment }: { readonly comment: string }): boolean {
  return comment.startsWith(mark);
}
