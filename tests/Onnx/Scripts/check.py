# Checks a model with ONNX's checker and strict shape inference, and prints each output's name and dimensions.
import sys

import onnx

onnx.checker.check_model(sys.argv[1], full_check=True)
model = onnx.load(sys.argv[1])
inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
onnx.checker.check_model(inferred)
for output in inferred.graph.output:
    dims = [dim.dim_param or dim.dim_value for dim in output.type.tensor_type.shape.dim]
    print(output.name, *dims)
