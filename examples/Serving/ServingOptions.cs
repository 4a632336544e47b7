namespace MlNetNtd.Serving;

/// <summary>
/// What the server is told on the command line (<c>--Serving:MaxWords=500</c>), in environment variables (<c>Serving__MaxWords</c>) or in
/// appsettings.json.
/// </summary>
internal sealed class ServingOptions
{
    /// <summary>Gets or sets the folder of the model: model.zip and words.safetensors. Default: word-model.</summary>
    public string Model { get; set; } = "word-model";

    /// <summary>Gets or sets the largest body of a request, in bytes. Default: 65,536.</summary>
    public int MaxBodyBytes { get; set; } = 64 << 10;

    /// <summary>Gets or sets the largest number of words and punctuation marks of a text. Default: 2,000.</summary>
    public int MaxWords { get; set; } = 2000;

    /// <summary>Gets or sets the time between two looks at the model's files, in milliseconds. Default: 1,000.</summary>
    public int ReloadMilliseconds { get; set; } = 1000;

    /// <summary>Reads the options.</summary>
    /// <exception cref="InvalidOptionException">An option has a value that it cannot have.</exception>
    public static ServingOptions Read(IConfiguration configuration)
    {
        const string section = "Serving";
        ServingOptions options;
        try
        {
            options = configuration.GetSection(section).Get<ServingOptions>() ?? new ServingOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOptionException(e.Message, e);     // not a number: the message names the option and its value
        }

        Check(nameof(MaxBodyBytes), options.MaxBodyBytes);
        Check(nameof(MaxWords), options.MaxWords);
        Check(nameof(ReloadMilliseconds), options.ReloadMilliseconds);
        return options;

        static void Check(string name, int value)
        {
            if (value < 1)
                throw new InvalidOptionException($"{section}:{name}: expected at least 1, found {value}.");
        }
    }
}

/// <summary>An option has a value that it cannot have.</summary>
internal sealed class InvalidOptionException(string message, Exception? inner = null) : Exception(message, inner);
