/** A record as a person writes it: two spaces, a newline at the end. On purpose without the product's own code. */
export const recordText = (record: object): string => `${JSON.stringify(record, null, 2)}\n`;
