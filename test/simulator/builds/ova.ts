const gibibyte = 1024 ** 3;

/** A tar archive of these files. */
function archive(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('ustar\0', 257);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The beginning of a sparse VMDK image whose disk has this size. */
function vmdkImage(virtualSizeBytes: number): Buffer {
  const header = Buffer.alloc(1000);
  header.write('KDMV', 0);
  header.writeBigUInt64LE(BigInt(virtualSizeBytes / 512), 12);
  return header;
}

const item = (type: number, quantity: number): string =>
  `<Item><rasd:ResourceType>${type}</rasd:ResourceType><rasd:VirtualQuantity>${quantity}</rasd:VirtualQuantity></Item>`;
const description = `<Envelope><Name>appliance</Name>${item(3, 2)}${item(4, 2048)}</Envelope>`;

/** An appliance with 2 cores, 2 GiB of memory and a disk of 8 GiB, a-disk1.vmdk. */
export const ova = archive({ 'a.ovf': Buffer.from(description), 'a-disk1.vmdk': vmdkImage(8 * gibibyte) });
