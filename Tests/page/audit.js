// Looks at the page as it is shown for what keeps people out. Returns a list of findings, empty when there are none.
() => {
  const findings = [];
  const say = (rule, element, detail = '') => findings.push(`${rule}: ${describe(element)} ${detail}`.trim());
  const describe = (element) => `<${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}${element.className?.baseVal === undefined && element.className ? `.${String(element.className).trim().replaceAll(/\s+/g, '.')}` : ''}> "${(element.textContent ?? '').trim().slice(0, 40)}"`;
  // An open modal dialog is all that can be reached: what lies behind it isn't looked at.
  const root = document.querySelector('dialog[open]') ?? document.body;
  const all = [...root.querySelectorAll('*')];
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const clipped = (element) => element.closest('.unseen') !== null;

  if (!document.documentElement.lang) findings.push('lang: the document names no language');
  if (!document.title) findings.push('title: the document has none');

  const ids = new Map();
  for (const element of document.querySelectorAll('[id]')) {
    if (ids.has(element.id)) say('duplicate id', element);
    ids.set(element.id, element);
  }
  for (const element of all) {
    for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
      for (const id of (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) say(`${name} leads nowhere`, element, id);
    }
    if (element.tabIndex > 0) say('positive tabindex', element);
    if (element.tagName === 'IMG' && !element.hasAttribute('alt')) say('image without alt', element);
    if (element.closest('[aria-hidden="true"]') && element.tabIndex >= 0 && element.matches('a, button, input, select, textarea')) say('hidden but focusable', element);
  }

  const nameOf = (element) => {
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
    if (labelled) return labelled;
    const label = element.getAttribute('aria-label')?.trim();
    if (label) return label;
    const labels = [...(element.labels ?? [])].map((one) => one.textContent).join(' ').trim();
    if (labels) return labels;
    if (element.matches('input, select, textarea, meter, progress')) return element.title.trim();
    const images = [...element.querySelectorAll('img')].map((image) => image.alt).join(' ');
    return `${element.textContent} ${images}`.trim() || element.title?.trim();
  };
  const needsName = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, video, dialog, nav, [role="progressbar"], [role="meter"], [role="toolbar"], [role="region"], [role="group"]';
  for (const element of root.querySelectorAll(needsName)) {
    if (isSeen(element) && !element.closest('[aria-hidden="true"]') && !nameOf(element)) say('no name', element);
  }

  const headings = all.filter((element) => /^H[1-6]$/.test(element.tagName) && isSeen(element));
  if (root === document.body) {
    if (headings.filter((one) => one.tagName === 'H1').length !== 1) findings.push(`headings: ${headings.filter((one) => one.tagName === 'H1').length} of level 1`);
    if (document.querySelectorAll('main').length !== 1) findings.push('landmarks: not exactly one main');
    if (document.querySelectorAll('nav').length !== 1) findings.push('landmarks: not exactly one nav');
    const landmarks = 'main, nav, header, dialog, [role="status"], [role="alert"], .skip, noscript, script';
    for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
      const parent = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() && isSeen(parent) && !parent.closest(landmarks)) say('outside of all landmarks', parent);
    }
  }
  let level = root === document.body ? 1 : 2;
  for (const heading of headings) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say('heading skips a level', heading, `after level ${level}`);
    level = own;
  }

  for (const element of root.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!isSeen(element) || clipped(element)) continue;
    const boxes = [element, ...(element.labels ?? [])].map((one) => one.getBoundingClientRect());
    const isInline = getComputedStyle(element).display === 'inline' && element.parentElement.closest('p, li, span, td, dd');
    if (!isInline && !boxes.some((box) => box.width >= 24 && box.height >= 24) && !element.classList.contains('skip')) say('target under 24 px', element, `${Math.round(boxes[0].width)} by ${Math.round(boxes[0].height)}`);
  }

  const parse = (text) => {
    const numbers = text.match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = text.startsWith('color(') ? 255 : 1;
    return { rgb: numbers.slice(0, 3).map((one) => one * scale), alpha: numbers[3] ?? 1 };
  };
  const over = (front, back) => front.rgb.map((value, index) => value * front.alpha + back[index] * (1 - front.alpha));
  const backgroundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.alpha > 0) layers.push(color);
      if (color.alpha === 1) break;
      if (at.tagName === 'DIALOG') break;
    }
    return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const judged = new Set();
  const judge = (element, color) => {
    const style = getComputedStyle(element);
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const back = backgroundOf(element);
    const front = parse(color);
    const shown = over({ rgb: front.rgb, alpha: front.alpha * opacity }, back);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const found = contrast(shown, back);
    if (found < least) say('contrast', element, `${found.toFixed(2)} of ${least}`);
  };
  for (const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
    const parent = walker.currentNode.parentElement;
    if (judged.has(parent) || !walker.currentNode.data.trim() || !isSeen(parent) || clipped(parent) || parent.closest(':disabled, .skip, option')) continue;
    judged.add(parent);
    judge(parent, getComputedStyle(parent).color);
  }
  for (const field of root.querySelectorAll('input, textarea, select')) {
    if (!isSeen(field) || clipped(field)) continue;
    judge(field, getComputedStyle(field).color);
    if (field.placeholder && !field.value) judge(field, getComputedStyle(field, '::placeholder').color);
    // A field is known by its edge: 3 to 1 against what is around it.
    const border = parse(getComputedStyle(field).borderTopColor);
    if (parseFloat(getComputedStyle(field).borderTopWidth) > 0 && contrast(over(border, backgroundOf(field)), backgroundOf(field)) < 3) say('edge of a field', field);
  }
  return findings;
}
