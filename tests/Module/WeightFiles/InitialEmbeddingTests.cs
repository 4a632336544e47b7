namespace MlNetNtd.Tests;

/// <summary>The initial embedding in weight files.</summary>
[TestClass]
public sealed class InitialEmbeddingTests
{
    private static readonly float[] Learned = [0.25f, -1.5f, 3e-8f, 1e30f];

    [TestMethod]
    public void Initial_embedding_survives_a_safetensors_file()
    {
        using var file = new TemporaryFile();

        InitialEmbeddingFile.SaveSafetensors(file.Path, Learned);

        Expect.SameBits(Learned, InitialEmbeddingFile.LoadSafetensors(file.Path).AsSpan());
        Expect.Same<long>([1, 1, 4], Safetensors.Read(file.Path)["init_emb"].Shape.AsSpan());
    }

    [TestMethod]
    public void Initial_embedding_is_found_among_other_tensors() => Expect.SameBits(
        Golden.InitialEmbeddingOfPyTorch,
        InitialEmbeddingFile.LoadSafetensors(Path.Combine(AppContext.BaseDirectory, "Golden", "init_emb.safetensors")).AsSpan());

    [TestMethod]
    public void Initial_embedding_may_be_stored_as_a_plain_vector()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [new("init_emb", TensorData.FromSingles([4], Learned))]);

        Expect.SameBits(Learned, InitialEmbeddingFile.LoadSafetensors(file.Path).AsSpan());
    }

    [TestMethod]
    public void Wrong_key_type_shape_or_value_in_a_file_is_named()
    {
        using var file = new TemporaryFile();

        Refused("expected a tensor 'init_emb', found 'initial', 'other'.", new("initial", OfSize(4)), new("other", OfSize(1)));
        Refused("expected a tensor 'init_emb', found none.");
        Refused("expected 'init_emb' of type F32, found F64.", new KeyValuePair<string, TensorData>("init_emb", new("F64", [1], new byte[8])));
        Refused("expected 'init_emb' of shape (1, 1, C) or (C), found (2, 2).", new KeyValuePair<string, TensorData>("init_emb", TensorData.FromSingles([2, 2], Learned)));
        Refused("expected 'init_emb' of shape (1, 1, C) or (C), found (1, 1, 0).", new KeyValuePair<string, TensorData>("init_emb", TensorData.FromSingles([1, 1, 0], [])));
        Refused("expected 'init_emb' of shape (1, 1, C) or (C), found (0).", new KeyValuePair<string, TensorData>("init_emb", OfSize(0)));
        Refused("every value of 'init_emb' must be finite, found NaN at position 1.", new KeyValuePair<string, TensorData>("init_emb", TensorData.FromSingles([2], [1, float.NaN])));

        void Refused(string problem, params KeyValuePair<string, TensorData>[] tensors)
        {
            Safetensors.Write(file.Path, tensors);
            Expect.Error<FormatException>($"{file.Path}: {problem}", () => InitialEmbeddingFile.LoadSafetensors(file.Path));
        }

        static TensorData OfSize(int count) => TensorData.FromSingles([count], new float[count]);
    }

    [TestMethod]
    public void File_that_TorchSharp_saved_is_read()
    {
        using var file = new TemporaryFile();
        using var module = new NextTokenDiscriminator(4, 8);
        module.SetInitialEmbedding(Learned);

        module.save(file.Path);

        Expect.SameBits(Learned, InitialEmbeddingFile.LoadTorchSharp(file.Path).AsSpan());
    }

    [TestMethod]
    public void Written_TorchSharp_file_loads_in_TorchSharp()
    {
        using var file = new TemporaryFile();
        using var module = new NextTokenDiscriminator(4, 8);

        InitialEmbeddingFile.SaveTorchSharp(file.Path, Learned);
        module.load(file.Path);

        Expect.SameBits(Learned, module.GetInitialEmbedding());
    }
}
