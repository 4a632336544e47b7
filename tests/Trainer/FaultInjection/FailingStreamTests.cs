using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Saving a model to a disk that becomes full.</summary>
[TestClass]
public sealed class FailingStreamTests
{
    // ML.NET catches what is thrown while it writes the zip's directory, which comes last: then only a look into the file helps.
    [TestMethod]
    public void Failing_stream_is_an_error_or_a_refused_file_and_the_model_stays_usable()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 40);
        using var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(input);
        using var whole = new MemoryStream();
        context.Model.Save(model, input.Schema, whole);

        Property.Check(Gen.Choose(0, (int)whole.Length - 1), bytes =>
        {
            using var full = new FullStream(bytes);
            if (ErrorOf(() => context.Model.Save(model, input.Schema, full)) is { } error)
                Assert.IsInstanceOfType<DiskFullException>(error, $"After {bytes} bytes.");
            else
                Assert.ThrowsExactly<ModelFileException>(() => ModelFileInspector.Inspect(full), $"After {bytes} bytes.");

            using var again = new MemoryStream();
            context.Model.Save(model, input.Schema, again);
            ModelFileInspector.Inspect(again);
            Assert.AreEqual(whole.Length, again.Length);
        });
    }

    // The cause, whatever ML.NET puts around it.
    private static Exception? ErrorOf(Action save)
    {
        try
        {
            save();
            return null;
        }
        catch (Exception e)
        {
            return e.GetBaseException();
        }
    }

    private sealed class DiskFullException() : IOException("No space left on device.");

    private sealed class FullStream(int capacity) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            Take(count);
            base.Write(buffer, offset, count);
        }

        public override void WriteByte(byte value)
        {
            Take(1);
            base.WriteByte(value);
        }

        private void Take(int count)
        {
            if (Position + count > capacity)
                throw new DiskFullException();
        }
    }
}
