/** Names as Proxmox's formats allow them. */

/** pve-node */
export const nodeName = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;
/** pve-storage-id */
export const storageId = /^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/;
/** pve-tag */
export const tag = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
/** pve-bridge-id; the kernel's names of interfaces have at most 15 characters. */
export const bridgeName = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
