/** The card that an arrow, Home or End leads to, in a grid of rows of `columns`; undefined = none. */
export function nextCard(
  key: string,
  index: number,
  columns: number,
  count: number,
): number | undefined {
  const target = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    // From above a short last row, down leads to its end.
    ArrowDown: lastRow(index, columns, count) ? index : Math.min(index + columns, count - 1),
    Home: 0,
    End: count - 1,
  }[key]
  return target === undefined || target < 0 || target >= count || target === index
    ? undefined
    : target
}

function lastRow(index: number, columns: number, count: number): boolean {
  return Math.floor(index / columns) === Math.floor((count - 1) / columns)
}
