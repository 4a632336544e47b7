using Spectre.Console;

namespace MlNetNtd.Tool;

/// <summary>Gets what a job has done.</summary>
internal interface IProgressDisplay
{
    /// <summary>A file begins.</summary>
    void Begin(string file, long? rows);

    /// <summary>Rows are done.</summary>
    void Advance(long rows);

    /// <summary>The file is written.</summary>
    void End();

    /// <summary>A file's output was there already.</summary>
    void Skip(string file);
}

/// <summary>Draws progress on the error stream if that is a terminal, and is quiet otherwise.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs a job.</summary>
    /// <param name="console">The console.</param>
    /// <param name="files">The number of files.</param>
    /// <param name="job">The job.</param>
    public static void Run(ToolConsole console, int files, Action<IProgressDisplay> job)
    {
        if (!console.IsErrorTerminal)
        {
            job(new Quiet());
            return;
        }

        var output = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) });
        var drawn = new Drawn(files);
        output.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                drawn.Attach(context);
                job(drawn);
            });
        console.Error.WriteLine(drawn.Summary);
    }

    private sealed class Quiet : IProgressDisplay
    {
        public void Begin(string file, long? rows)
        {
        }

        public void Advance(long rows)
        {
        }

        public void End()
        {
        }

        public void Skip(string file)
        {
        }
    }

    private sealed class Drawn(int files) : IProgressDisplay
    {
        private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();
        private ProgressContext? _context;
        private ProgressTask? _task;
        private long _rows;
        private int _done;
        private int _skipped;

        public string Summary => FormattableString.Invariant(
            $"{_rows:N0} rows in {_watch.Elapsed.TotalSeconds:F1} s, {_done} of {files} files written{(_skipped > 0 ? $", {_skipped} were there" : "")}.");

        public void Attach(ProgressContext context) => _context = context;

        public void Begin(string file, long? rows)
        {
            _task = _context!.AddTask(Markup.Escape($"{Path.GetFileName(file)} ({_done + _skipped + 1} of {files})"), maxValue: Math.Max(1, rows ?? 1));
            _task.IsIndeterminate = rows is null;
        }

        public void Advance(long rows)
        {
            _rows += rows;
            _task!.Increment(rows);
        }

        public void End()
        {
            _done++;
            _task!.StopTask();
            _task.Value = _task.MaxValue;
        }

        public void Skip(string file) => _skipped++;
    }
}
