using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace MlNetNtd.Tests;

/// <summary>Rules that hold for all inputs, checked on random inputs that are the same in every run.</summary>
/// <remarks>
/// A full run tries all cases that a rule asks for, any other run a quarter. MLNETNTD_CASES sets the percentage: 10 tries a tenth,
/// 1000 ten times the number.
/// </remarks>
internal static class Property
{
    private const string CasesVariable = "MLNETNTD_CASES";
    private const int Whole = 100;
    private const int Reduced = 25;

    // Rules of few cases keep them.
    private const int Fewest = 10;

    private const ulong Seed = 20_240_229;

    // The step of the generator, which has to be odd.
    private const ulong Gamma = 7_919;

    /// <summary>Runs an assertion on generated cases. On failure the case and the seed are in the message.</summary>
    /// <param name="cases">What to try.</param>
    /// <param name="assertion">Throws where the rule does not hold.</param>
    /// <param name="count">How many cases.</param>
    public static void Check<T>(Gen<T> cases, Action<T> assertion, int count = 100)
    {
        var replay = new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Math.Max(Math.Min(count, Fewest), count * Percentage / Whole)).WithReplay(FSharpOption<Replay>.Some(replay));
        try
        {
            FsCheck.Check.One(config, Prop.ForAll(Arb.From(cases), assertion));
        }
        catch (Exception e)
        {
            throw new AssertFailedException($"Seed ({Seed},{Gamma}). {e.Message}", e);
        }
    }

    private static int Percentage => TestRun.Count(CasesVariable, TestRun.Count(Whole, Reduced));
}
