namespace MlNetNtd.Examples;

/// <summary>How a program ends: with what it returns, or with one sentence on standard error and the exit code that goes with it.</summary>
internal static class Ending
{
    /// <summary>Runs a program.</summary>
    /// <param name="run">The program; returns its exit code.</param>
    /// <returns>The exit code.</returns>
    public static int Of(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (UserErrorException e)
        {
            return Tell(e.Message, ExitCodes.UserError);
        }
        catch (InterruptedException e)
        {
            return Tell(e.Message, ExitCodes.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever a program reads or writes besides is a user's error by name: this is standard output, full or closed.
            return Tell($"The output of the program cannot be written: {e.Message.TrimEnd('.')}.", ExitCodes.UserError);
        }
    }

    private static int Tell(string sentence, int exitCode)
    {
        Console.Error.WriteLine(sentence);
        return exitCode;
    }
}
