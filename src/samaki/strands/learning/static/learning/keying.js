// The arrow keys and Enter lead from cell to cell, as in a sheet.
document.querySelectorAll("[data-keying]").forEach((table) => {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
  table.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const row = rows.findIndex((cells) => cells.includes(event.target));
    if (!step || row < 0) return;
    const next = rows[row + step[0]]?.[rows[row].indexOf(event.target) + step[1]];
    event.preventDefault();
    if (next) { next.focus(); next.select(); }
  });
});
