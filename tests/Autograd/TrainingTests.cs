using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>All of it together.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TrainingTests
{
    [TestMethod]
    public void A_small_attention_model_learns_to_repeat_what_came_two_before()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var model = new Model(vocabulary: 5, length: 6, width: 16);
        using var optimizer = optim.AdamW(model.parameters(), 0.02, weight_decay: 0.01);
        var random = new Random(5);

        var loss = double.PositiveInfinity;
        for (var step = 0; step < 150; step++)
        {
            using var each = NewDisposeScope();
            var (tokens, targets) = Batch(random, 32);
            var logits = model.forward(tokens);
            var entropy = nn.functional.cross_entropy(logits.reshape(-1, 5), targets.reshape(-1), ignore_index: -1);
            optimizer.zero_grad();
            entropy.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
            loss = entropy.item<float>();
        }

        // Guessing costs log 5 = 1.61.
        Assert.IsLessThan(0.1, loss);
    }

    private static (Tensor Tokens, Tensor Targets) Batch(Random random, int rows)
    {
        var tokens = new long[rows * 6];
        var targets = new long[rows * 6];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = random.Next(5);
            targets[i] = i % 6 < 2 ? -1 : tokens[i - 2];
        }

        return (tensor(tokens, rows, 6), tensor(targets, rows, 6));
    }

    private sealed class Model : nn.Module<Tensor, Tensor>
    {
        private readonly Embedding _tokens;
        private readonly Embedding _places;
        private readonly Linear _query;
        private readonly Linear _key;
        private readonly Linear _value;
        private readonly LayerNorm _norm;
        private readonly Linear _head;
        private readonly double _scale;

        public Model(long vocabulary, long length, long width)
            : base(nameof(Model))
        {
            (_tokens, _places) = (nn.Embedding(vocabulary, width), nn.Embedding(length, width));
            (_query, _key, _value) = (nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width));
            (_norm, _head) = (nn.LayerNorm(width), nn.Linear(width, vocabulary));
            _scale = 1 / Math.Sqrt(width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var length = input.shape[1];
            var x = _tokens.forward(input) + _places.forward(arange(length));
            var blocked = ones(length, length).triu(1).to(ScalarType.Bool);
            var scores = _query.forward(x).bmm(_key.forward(x).transpose(1, 2)) * _scale;
            var shares = scores.masked_fill(blocked, double.NegativeInfinity).softmax(-1);
            return _head.forward(nn.functional.gelu(_norm.forward(x + shares.bmm(_value.forward(x)))));
        }
    }
}
