interface Room {
  readonly most: number;
  /** In UTF-16 units, line breaks included. */
  readonly room: number;
  /** The last row, where some are missing. */
  readonly rest: (missing: number) => string;
}

/** A row for each item, as many as there is room for and the first one always; then one that says how many are missing. */
export function fittingRows<Item>(
  items: readonly Item[],
  render: (item: Item) => string,
  { most, room, rest }: Room,
): readonly string[] {
  const rows: string[] = [];
  let left = room;
  for (const item of items.slice(0, most)) {
    const row = render(item);
    left -= row.length + 1;
    if (left < 0 && rows.length > 0) break;
    rows.push(row);
  }
  return rows.length === items.length ? rows : [...rows, rest(items.length - rows.length)];
}
