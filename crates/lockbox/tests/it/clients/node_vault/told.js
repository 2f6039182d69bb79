"use strict";
// What a Node program does with a vault: each step is told in a line, with what came of it.

const fs = require("fs");
const vault = require("node-vault");

const given = JSON.parse(fs.readFileSync(0, "utf8"));

const client = (token) => vault({ endpoint: given.address, token });

/** It must work; gives what came. */
async function does(title, act) {
  try {
    const value = await act();
    tell(title, true, { gave: value === undefined ? null : value });
    return value;
  } catch (error) {
    tell(title, false, refusal(error));
    return {};
  }
}

/** It must be refused with this status. */
async function refuses(title, status, act) {
  try {
    tell(title, false, { gave: (await act()) ?? null });
  } catch (error) {
    tell(title, error.response?.statusCode === status, refusal(error));
  }
}

/** Asks until it works: a new engine is prepared behind the server's answer. */
async function ready(act) {
  const end = Date.now() + 20000;
  while (Date.now() < end) {
    try {
      return await act();
    } catch (error) {
      continue;
    }
  }
}

/** A part of what came, or a word that stands for none. */
const pick = (value, ...names) => names.reduce((part, name) => part?.[name], value) ?? "nothing";

function tell(title, expected, outcome) {
  console.log(JSON.stringify({ title, expected, outcome }));
}

function refusal(error) {
  return { refused: error.constructor.name, text: error.message, response: error.response ?? null };
}

/** As root, for the commands after which a client goes on with the token that it made. */
const maker = () => client(given.root);

module.exports = { client, does, given, maker, me: given.me, pick, ready, refuses, root: client(given.root) };
