using System.CommandLine.Parsing;
using System.Globalization;

namespace MlNetNtd.Examples;

/// <summary>Reads a whole number of the command line.</summary>
internal static class WholeNumber
{
    /// <summary>The number; null where it is none or out of its range, which the result then says in a sentence.</summary>
    /// <param name="result">What was given.</param>
    /// <param name="name">The option's.</param>
    /// <param name="least">The least that it takes.</param>
    /// <param name="most">The most.</param>
    public static int? Parse(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError($"{name} takes a whole number from {least} to {most}, not '{text}'");
        return null;
    }
}
