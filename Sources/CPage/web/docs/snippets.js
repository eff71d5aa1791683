/** A request as a command or a program, to be copied. */

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string | null} json
 * @property {[string, string | File][] | null} form
 * @property {boolean} secured
 */

const TOKEN = 'MARTLET_TOKEN';

/** @param {string} text */
function shell(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text);
}

/** @param {Call} call */
export function curl({ method, url, headers, json, form, secured }) {
  const lines = [`curl${method === 'GET' ? '' : method === 'POST' && (json || form) ? '' : ` -X ${method}`} ${shell(url)}`];
  if (headers.Accept === 'text/event-stream') lines[0] = lines[0].replace('curl', 'curl -N');
  if (secured) lines.push(`-H "Authorization: Bearer $${TOKEN}"`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${shell(`${name}: ${value}`)}`);
  if (json !== null) lines.push(`-d ${shell(json)}`);
  for (const [name, value] of form ?? []) lines.push(`-F ${shell(`${name}=${value instanceof File ? `@${value.name}` : value}`)}`);
  return lines.join(' \\\n  ');
}

/** @param {Call} call */
export function python({ method, url, headers, json, form, secured }) {
  const lines = ['import os', 'import requests', ''];
  const sent = Object.entries(headers).map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`);
  if (secured) sent.unshift(`    "Authorization": f"Bearer {os.environ['${TOKEN}']}",`);
  else lines.shift();
  const parts = [`    ${quoted(method)}, ${quoted(url)},`];
  if (sent.length) parts.push(`    headers={\n    ${sent.join('\n    ')}\n    },`);
  if (json !== null) parts.push(`    data=${tripleQuoted(json)}.encode(),`);
  const texts = (form ?? []).filter(([, value]) => !(value instanceof File));
  const files = (form ?? []).filter(([, value]) => value instanceof File);
  if (texts.length) parts.push(`    data={${texts.map(([name, value]) => `${quoted(name)}: ${quoted(String(value))}`).join(', ')}},`);
  if (files.length) parts.push(`    files={${files.map(([name, value]) => `${quoted(name)}: open(${quoted(/** @type {File} */ (value).name)}, "rb")`).join(', ')}},`);
  const streamed = headers.Accept === 'text/event-stream';
  if (streamed) parts.push('    stream=True,');
  lines.push('response = requests.request(', ...parts, ')', 'response.raise_for_status()');
  lines.push(...(streamed ? ['for line in response.iter_lines(decode_unicode=True):', '    print(line)'] : ['print(response.text)']));
  return lines.join('\n');
}

/** @param {string} text */
function tripleQuoted(text) {
  return text.includes('\n') && !text.includes('"""') && !text.includes('\\') ? `"""${text}"""` : quoted(text);
}

/** @param {Call} call */
export function swift({ method, url, headers, json, form, secured }) {
  const lines = ['import Foundation', ''];
  if (form) lines.push('let boundary = UUID().uuidString', 'var body = Data()');
  for (const [name, value] of form ?? []) {
    const isFile = value instanceof File;
    const disposition = `form-data; name=\\"${name}\\"${isFile ? `; filename=\\"${value.name}\\"` : ''}`;
    lines.push(`body += Data("--\\(boundary)\\r\\nContent-Disposition: ${disposition}\\r\\n\\r\\n".utf8)`);
    lines.push(isFile ? `body += try Data(contentsOf: URL(fileURLWithPath: ${quoted(value.name)}))` : `body += Data(${quoted(value)}.utf8)`, 'body += Data("\\r\\n".utf8)');
  }
  if (form) lines.push('body += Data("--\\(boundary)--\\r\\n".utf8)', '');
  lines.push(`var request = URLRequest(url: URL(string: ${quoted(url)})!)`, `request.httpMethod = ${quoted(method)}`);
  if (secured) lines.push(`let token = ProcessInfo.processInfo.environment["${TOKEN}"] ?? ""`, 'request.setValue("Bearer \\(token)", forHTTPHeaderField: "Authorization")');
  for (const [name, value] of Object.entries(headers)) lines.push(`request.setValue(${quoted(value)}, forHTTPHeaderField: ${quoted(name)})`);
  if (form) lines.push('request.setValue("multipart/form-data; boundary=\\(boundary)", forHTTPHeaderField: "Content-Type")', 'request.httpBody = body');
  if (json !== null) lines.push(`request.httpBody = Data(#"""\n${json}\n"""#.utf8)`);
  lines.push('let (data, _) = try await URLSession.shared.data(for: request)', 'print(String(decoding: data, as: UTF8.self))');
  return lines.join('\n');
}
