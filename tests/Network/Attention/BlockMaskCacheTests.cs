using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Cached masks of blocks of tokens. Live tensors are counted, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BlockMaskCacheTests
{
    /// <summary>Whatever was asked for before: longer rows or shorter.</summary>
    [TestMethod]
    public void Block_mask_is_the_rule_for_its_queries_and_visible_keys()
    {
        using var scope = NewDisposeScope();
        using var masks = new BlockMaskCache();
        var like = zeros(1);
        foreach (var (first, times) in new[] { (0, 3), (3, 3), (6, 3), (0, 3), (64, 3), (5, 1), (0, 1), (9, 4), (8, 4) })
        {
            var whole = masks.GetOrCreate(like, first, times, contextAttends: true);
            Tensors.Close(Expected(first, times).exp(), whole.exp(), 0, $"[{first}, {first + times})");
            Tensors.Close(whole.narrow(0, times, times).exp(), masks.GetOrCreate(like, first, times, contextAttends: false).exp(), 0, $"[{first}, {first + times}), candidates");
        }
    }

    [TestMethod]
    public void Full_mask_is_the_rule() =>
        CollectionAssert.AreEqual(Tensors.RuleMask(5).data<float>().ToArray(), BlockMaskCache.CreateFull(zeros(1, 10, 2)).data<float>().ToArray());

    /// <summary>One tensor for each number of times, until longer rows come; all are freed.</summary>
    [TestMethod]
    public void Masks_are_made_once_and_freed_together()
    {
        using var like = zeros(1);
        var masks = new BlockMaskCache();
        var none = Tensor.TotalCount;

        Assert.AreEqual(1, Made(first: 4, times: 3));
        Assert.AreEqual(0, Made(first: 4, times: 3));
        Assert.AreEqual(0, Made(first: 0, times: 3));
        Assert.AreEqual(1, Made(first: 4, times: 2));
        Assert.AreEqual(1, Made(first: 5, times: 3));
        Assert.AreEqual(0, Made(first: 8, times: 3));
        Assert.AreEqual(0, Made(first: 4, times: 3));
        Assert.AreEqual(none + 3, Tensor.TotalCount);

        masks.Dispose();

        Assert.AreEqual(none, Tensor.TotalCount);

        long Made(int first, int times)
        {
            var before = Tensor.TotalCount;
            using (NewDisposeScope())
                masks.GetOrCreate(like, first, times, contextAttends: true);
            return Tensor.TotalCount - before;
        }
    }

    // The queries of [first, end) of both halves, the context up to the end and the candidates of the block.
    private static Tensor Expected(int first, int times)
    {
        var tokens = first + times;
        int[] queries = [.. Enumerable.Range(first, times), .. Enumerable.Range(tokens + first, times)];
        int[] keys = [.. Enumerable.Range(0, tokens), .. Enumerable.Range(tokens + first, times)];
        var values = queries.SelectMany(query => keys.Select(key => NextTokenMask.IsBlocked(query, key, tokens) ? float.NegativeInfinity : 0f)).ToArray();
        return tensor(values, [queries.Length, keys.Length]);
    }
}
