using System.Text;
using Descent.Tensors;

namespace Descent.NN.Tests.TensorBoard;

public sealed class TensorBoardTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.</summary>
    [Theory]
    [InlineData(0, 32, 0x8A9136AAu)]
    [InlineData(0xFF, 32, 0x62A8AB43u)]
    public void The_checksum_agrees_with_the_published_values(byte fill, int length, uint expected)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);

        Assert.Equal(expected, EventFile.Crc32C(bytes));
        Assert.Equal(0xE3069283u, EventFile.Crc32C("123456789"u8));
    }

    [Fact]
    public void A_scalar_comes_back_with_its_tag_and_step()
    {
        using (var writer = new TensorBoardWriter(_folder)) writer.Scalar("loss/train", 0.25, step: 7);

        var events = Events();
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal((7, "loss/train", 0.25f), (events[1].Step, events[1].Tag, events[1].Simple));
    }

    [Fact]
    public void A_histogram_counts_every_finite_value_in_the_bucket_it_lies_in()
    {
        var buckets = new HistogramBuckets([-3, 0, 0, 1e-30f, 2, float.NaN, float.PositiveInfinity]);

        Assert.Equal((5, -3, 2), (buckets.Count, buckets.Min, buckets.Max));
        Assert.Equal(5, buckets.Counts.Sum());
        Assert.Equal(13, buckets.SumOfSquares, 1e-9);
        Assert.True(buckets.Limits.Zip(buckets.Limits.Skip(1)).All(pair => pair.First < pair.Second));
        foreach (var (value, count) in new[] { (-3.0, 1), (0, 3), (2, 1) })
        {
            int bucket = Array.FindIndex(buckets.Limits, limit => value < limit);
            Assert.Equal(count, buckets.Counts[bucket]);
        }
        Assert.Equal(0, buckets.Counts[0]);
    }

    [Fact]
    public void A_histogram_of_nothing_is_written_too()
    {
        using (var writer = new TensorBoardWriter(_folder)) writer.Histogram("weights", Tensor.Zeros(0), step: 1);

        Assert.Equal("weights", Events()[1].Tag);
    }

    [Fact]
    public void An_image_is_a_png_with_its_size()
    {
        var image = new PngImage(2, 1, 3, [1, 2, 3, 4, 5, 6]);
        using (var writer = new TensorBoardWriter(_folder)) writer.Image("samples", image, step: 3);

        Assert.Equal(image.Pixels, PngImage.Decode(Events()[1].Png).Pixels);
    }

    [Fact]
    public void Hyper_parameters_are_an_experiment_a_start_and_an_end()
    {
        using (var writer = new TensorBoardWriter(_folder))
        {
            writer.HyperParameters(new Dictionary<string, object> { ["lr"] = 0.1, ["layers"] = 2, ["nesterov"] = true, ["model"] = "cnn" }, "accuracy");
            writer.End();
        }

        Assert.Equal(["_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info"], Events().Skip(1).Select(e => e.Tag));
        Assert.All(Events().Skip(1), e => Assert.Equal("hparams", e.Plugin));
        Assert.Throws<ArgumentException>(() =>
        {
            using var writer = new TensorBoardWriter(Path.Combine(_folder, "other"));
            writer.HyperParameters(new Dictionary<string, object> { ["when"] = DateTime.UnixEpoch });
        });
    }

    [Fact]
    public void A_resumed_run_tells_from_which_step_the_earlier_file_is_void()
    {
        using (new TensorBoardWriter(_folder, resumeAt: 120)) { }

        Assert.Equal((120, true), (Events()[1].Step, Events()[1].IsStart));
    }

    [Fact]
    public void A_record_that_was_cut_off_is_passed_over_and_a_changed_one_is_an_error()
    {
        using (var writer = new TensorBoardWriter(_folder))
        {
            writer.Scalar("a", 1, 1);
            writer.Scalar("b", 2, 2);
        }
        byte[] file = File.ReadAllBytes(Directory.GetFiles(_folder).Single());

        Assert.Equal(2, EventFile.Read(file.AsMemory(0, file.Length - 3)).Count());
        for (int i = 0; i < 12; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 4;
            Assert.Throws<InvalidDataException>(() => EventFile.Read(changed).Count());
        }
        file[^6] ^= 1;
        Assert.Throws<InvalidDataException>(() => EventFile.Read(file).Count());
    }

    List<Event> Events() => [.. Directory.GetFiles(_folder).SelectMany(f => EventFile.Read(File.ReadAllBytes(f)).Select(Event.Parse))];

    sealed class Event
    {
        public long Step;
        public string FileVersion = "", Tag = "", Plugin = "";
        public float Simple;
        public bool IsStart;
        public byte[] Png = [];

        internal static Event Parse(ReadOnlyMemory<byte> record)
        {
            var e = new Event();
            var reader = new ProtobufReader(record.Span);
            while (reader.Next())
                switch (reader.Field)
                {
                    case 2: e.Step = reader.Varint(); break;
                    case 3: e.FileVersion = reader.String(); break;
                    case 5: e.ReadSummary(reader.Message()); break;
                    case 7: e.IsStart = reader.Bytes().SequenceEqual((ReadOnlySpan<byte>)[8, 1]); break;
                    default: reader.Skip(); break;
                }
            return e;
        }

        void ReadSummary(ProtobufReader summary)
        {
            Assert.True(summary.Next());
            var value = summary.Message();
            while (value.Next())
                switch (value.Field)
                {
                    case 1: Tag = value.String(); break;
                    case 2: Simple = value.Float(); break;
                    case 4: Png = Inner(value.Message(), 4).ToArray(); break;
                    case 9: Plugin = Encoding.UTF8.GetString(Inner(new(Inner(value.Message(), 1)), 1)); break;
                    default: value.Skip(); break;
                }
        }

        static ReadOnlySpan<byte> Inner(ProtobufReader reader, int field)
        {
            while (reader.Next())
            {
                if (reader.Field == field) return reader.Bytes();
                reader.Skip();
            }
            throw new InvalidDataException($"There is no field {field}.");
        }
    }
}
