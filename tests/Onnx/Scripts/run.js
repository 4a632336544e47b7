// Runs a model on one input of floats and prints the token scores, as JSON. Arguments: the model, and a JSON file with the input's
// name, values and dimensions.
const fs = require("fs");
const ort = require("onnxruntime-node");

async function main() {
  const [model, file] = process.argv.slice(2);
  const input = JSON.parse(fs.readFileSync(file));
  const session = await ort.InferenceSession.create(model);
  const outputs = await session.run({ [input.name]: new ort.Tensor("float32", Float32Array.from(input.values), input.sizes) });
  console.log(JSON.stringify(Array.from(outputs.TokenScores.data)));
}

main();
