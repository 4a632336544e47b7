using System.CommandLine;

namespace MlNetNtd.Studies;

/// <summary>Limits of numbers on the command line.</summary>
public static class OptionLimits
{
    /// <summary>Refuses smaller numbers.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">The smallest number.</param>
    public static Option<int> AtLeast(this Option<int> option, int least)
    {
        option.Validators.Add(result =>
        {
            // A text that is no number has an error of its own.
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value < least)
                result.AddError($"{option.Name}: expected at least {least}, found {value}.");
        });
        return option;
    }
}
