using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>Takes the arrays of 32-bit floats out of what is written as JSON, where a number stands in the place of each, and puts them back.</summary>
/// <param name="arrays">Those taken out, or to put back.</param>
internal sealed class FloatArrayConverter(List<float[]> arrays) : JsonConverter<float[]>
{
    private static readonly DefaultJsonTypeInfoResolver Contracts = new() { Modifiers = { StateValues.Watch } };

    /// <summary>How states are written and read.</summary>
    public static JsonSerializerOptions CreateOptions(List<float[]> arrays) => new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Tuples, and the types of System.Numerics, are nothing but fields.
        IncludeFields = true,
        // What the state's type says can be no null, and must be there, is so.
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
        reader.GetInt32() is var place && place >= 0 && place < arrays.Count
            ? arrays[place]
            : throw new JsonException($"expected the number of one of {arrays.Count} arrays, found {place}");
}
