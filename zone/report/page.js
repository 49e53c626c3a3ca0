'use strict';
// The page can be read without this: it sorts, filters, and opens what a link leads to.
(function () {
	const body = document.querySelector('#zones tbody');
	const tools = document.getElementById('tools');
	const shown = document.getElementById('shown');
	const sections = new Map();
	document.querySelectorAll('#findings details').forEach(function (part) {
		sections.set(part.dataset.z, part);
	});

	// The zones that were in a closed part become rows of the one table.
	function gather() {
		const more = document.getElementById('morezones');
		if (more) {
			body.append.apply(body, Array.from(more.querySelectorAll('tbody tr')));
			more.remove();
		}
	}

	function sortable(table) {
		const rows = table.tBodies[0];
		table.querySelectorAll('thead th').forEach(function (head, column) {
			const button = document.createElement('button');
			button.type = 'button';
			button.textContent = head.textContent;
			head.textContent = '';
			head.append(button);
			button.addEventListener('click', function () {
				if (rows === body) {
					gather();
				}
				const number = head.classList.contains('n');
				const was = head.getAttribute('aria-sort');
				const up = was ? was === 'descending' : !number;
				const keys = Array.from(rows.rows, function (row) {
					const text = row.cells[column].textContent;
					return [number ? Number(text) : text, row];
				});
				keys.sort(function (a, b) {
					const order = number ? a[0] - b[0] : a[0].localeCompare(b[0]);
					return up ? order : -order;
				});
				rows.append.apply(rows, keys.map(function (key) { return key[1]; }));
				table.querySelectorAll('th[aria-sort]').forEach(function (other) {
					other.removeAttribute('aria-sort');
				});
				head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
			});
		});
	}

	function filter() {
		const words = document.getElementById('words').value.toLowerCase().split(/\s+/);
		const level = document.getElementById('level').value;
		let count = 0;
		gather();
		Array.from(body.rows).forEach(function (row) {
			const text = (row.textContent + ' ' + row.dataset.r).toLowerCase();
			const good = (level === '' || row.dataset.s === level) &&
				words.every(function (word) { return text.includes(word); });
			row.hidden = !good;
			count += good;
			const part = sections.get(row.dataset.z);
			if (part) {
				part.hidden = !good;
			}
		});
		shown.textContent = count + ' of ' + body.rows.length + ' zones shown';
	}

	function reveal() {
		const part = document.getElementById(location.hash.slice(1));
		const outer = part && part.closest('details');
		if (outer) {
			outer.open = true;
			part.scrollIntoView();
		}
	}

	function openAll(open) {
		sections.forEach(function (part) { part.open = open; });
	}

	document.querySelectorAll('table.sorts').forEach(sortable);
	if (body && tools) {
		tools.hidden = false;
		document.getElementById('buttons').hidden = false;
		document.getElementById('words').addEventListener('input', filter);
		document.getElementById('level').addEventListener('change', filter);
		document.getElementById('open').addEventListener('click', function () { openAll(true); });
		document.getElementById('close').addEventListener('click', function () { openAll(false); });
	}
	window.addEventListener('hashchange', reveal);
	window.addEventListener('beforeprint', function () {
		document.querySelectorAll('details').forEach(function (part) { part.open = true; });
	});
	reveal();
})();
