using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>
/// Replaces arrays of 32-bit floats by their index when a state is written as JSON, and restores them when it is read.
/// </summary>
/// <param name="arrays">Receives the arrays on writing, and supplies them on reading.</param>
internal sealed class FloatArrayConverter(List<float[]> arrays) : JsonConverter<float[]>
{
    private static readonly DefaultJsonTypeInfoResolver Contracts = new() { Modifiers = { StateValues.CheckOnSerializing } };

    /// <summary>Creates the options with which states are written and read.</summary>
    public static JsonSerializerOptions CreateOptions(List<float[]> arrays) => new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Tuples and the types of System.Numerics have only fields.
        IncludeFields = true,
        // Enforces the nullability and required members that the state's type declares.
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new FloatArrayConverter(arrays) },
        TypeInfoResolver = Contracts,
    };

    public override void Write(Utf8JsonWriter writer, float[] value, JsonSerializerOptions options)
    {
        writer.WriteNumberValue(arrays.Count);
        arrays.Add(value);
    }

    public override float[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetInt32() is var index && index >= 0 && index < arrays.Count
            ? arrays[index]
            : throw new JsonException($"expected the number of one of {arrays.Count} arrays, found {index}");
}
