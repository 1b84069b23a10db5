/** Something that holds the secret in one of the forms in which it must be found. */
export interface Planted {
  readonly form: string;
  readonly text: string;
}

/** The secret in each form, among other text, as a program could have written it down. */
export function everyForm(secret: string): Planted[] {
  return [
    { form: 'raw', text: `Authorization: ${secret}, and so on` },
    { form: 'URL-encoded', text: `token=${encodeURIComponent(secret)}&more=1` },
    ...[0, 1, 2].map((offset) => ({
      form: `base64 at offset ${offset}`,
      text: Buffer.from(`${'x'.repeat(offset)}${secret}, and so on`).toString('base64'),
    })),
  ];
}
