using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace MlNetNtd.Examples;

/// <summary>
/// What the user sees: lines, tables and progress bars. Where the output is redirected, plain text of a fixed width, and a
/// line in place of a bar.
/// </summary>
internal sealed class Screen
{
    /// <summary>The columns of plain output.</summary>
    public const int PlainWidth = 100;

    private readonly TextWriter _output;

    /// <param name="output">Where to.</param>
    /// <param name="plain">Whether it is redirected; otherwise what the terminal can do is found out.</param>
    public Screen(TextWriter output, bool plain)
        : this(output, plain, plain ? PlainSettings() : new AnsiConsoleSettings())
    {
    }

    /// <param name="output">Where to.</param>
    /// <param name="plain">Whether it is redirected.</param>
    /// <param name="settings">What the terminal can do.</param>
    public Screen(TextWriter output, bool plain, AnsiConsoleSettings settings)
    {
        _output = output;
        IsPlain = plain;
        settings.Out = new AnsiConsoleOutput(output);
        Console = AnsiConsole.Create(settings);
        if (plain)
            Console.Profile.Width = PlainWidth;
    }

    /// <summary>Whether the output is redirected.</summary>
    public bool IsPlain { get; }

    public IAnsiConsole Console { get; }

    /// <summary>A figure as it is printed everywhere.</summary>
    public static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A line as it is: neither cut nor broken, so that a path in it can be copied.</summary>
    public void Line(string text) => _output.WriteLine(text);

    public void Table(Table table) => Console.Write(table.Border(IsPlain ? TableBorder.Ascii : TableBorder.Rounded));

    /// <summary>Works behind a progress bar.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="steps">How often <paramref name="work"/> will tick.</param>
    /// <param name="work">The work, on the calling thread; given what to call behind each step.</param>
    public T Progress<T>(string title, int steps, Func<Action, T> work)
    {
        if (IsPlain)
        {
            Line($"{title} ...");
            return work(() => { });
        }

        // A bar hides the cursor. Whom a signal ends in the middle of it gets it back; whoever goes on loses nothing.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Console.Cursor.Show());
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Console.Cursor.Show());
        T result = default!;
        Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, steps));
                result = work(() => bar.Increment(1));
            });
        return result;
    }

    private static AnsiConsoleSettings PlainSettings() => new()
    {
        Ansi = AnsiSupport.No,
        ColorSystem = ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        // They would switch on again what surroundings such as a build service can do.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    };
}
