using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>Folders that classifiers learn from, in every form.</summary>
public sealed class ImageSourceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Pictures of one colour each, of several sizes: the class decides which colour.</summary>
    void DrawClasses(string root, int count, int channels, int seed)
    {
        foreach (var (i, name) in new[] { "blue", "green", "red" }.Index())
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, root, name)).FullName;
            for (int n = 0; n < count; n++)
            {
                var random = new Generator((ulong)(seed * 1000 + i * 100 + n));
                int size = 10 + n % 5;
                var pixels = new byte[size * size * channels];
                for (int p = 0; p < pixels.Length; p++)
                    pixels[p] = (byte)(channels == 1 ? 40 + 80 * i : p % 3 == 2 - i ? 200 + random.NextInt64(0, 50) : random.NextInt64(0, 50));
                new PngImage(size, size, channels, pixels).Save(Path.Combine(folder, $"{n}.png"));
            }
        }
    }

    RunConfig Config(int epochs = 3)
    {
        var config = Recipes.Get("cnn").Defaults(_folder) with { BatchSize = 8, Training = new() { Epochs = epochs } };
        config.Settings["size"] = "12";
        return config;
    }

    string Trained(RunConfig config)
    {
        string run = Path.Combine(_folder, "run");
        var training = Run.Create(run, config);
        Assert.True(training.Train());
        training.Finish();
        return run;
    }

    [Fact]
    public void A_folder_for_each_class_is_learned_and_its_names_are_told()
    {
        DrawClasses("train", count: 24, channels: 3, seed: 1);
        DrawClasses("test", count: 4, channels: 3, seed: 2);
        string run = Trained(Config());

        var classifier = ImageClassifier.Load(run);
        Assert.Equal(["blue", "green", "red"], classifier.Classes);
        foreach (var (i, name) in classifier.Classes.Index())
            Assert.Equal(i, Array.IndexOf(Best(classifier, Path.Combine(_folder, "test", name, "3.png")), true));
        Assert.Contains("<th>green</th>", File.ReadAllText(Path.Combine(run, "report.html")));
        var config = RunConfig.Read(RunFolder.Open(run));
        Assert.Equal(("3", "12"), (config.Found["channels"], config.Found["size"]));
    }

    static bool[] Best(ImageClassifier classifier, string file)
    {
        var p = classifier.Predict(PngImage.Load(file));
        return [.. p.Select(x => x == p.Max())];
    }

    [Fact]
    public void Without_a_test_folder_a_tenth_of_every_colour_or_so_is_held_out()
    {
        DrawClasses("", count: 20, channels: 1, seed: 3);
        var images = ImageSet.Load(_folder, 0, size: 8, seed: 1);

        Assert.Equal((54, 6, 1, 8, 3), (images.Train.Count, images.HeldOut.Count, images.Channels, images.Size, images.Classes));
        Assert.True(images.HeldOut.Targets.ToArray<long>().Distinct().Count() > 1);
        // Pictures and their classes stay together.
        for (int i = 0; i < images.HeldOut.Count; i++)
            Assert.Equal(40 + 80 * images.HeldOut.Targets.ToArray<long>()[i], images.Picture(i).Pixels[0]);
    }

    [Fact]
    public void The_binary_files_of_cifar_are_learned_in_colour_and_made_gray_where_a_network_wants_that()
    {
        foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
        {
            var file = new byte[4 * 3073];
            for (int i = 0; i < 4; i++)
            {
                file[i * 3073] = (byte)(i + 3);
                Array.Fill(file, (byte)200, i * 3073 + 1, 1024);
            }
            File.WriteAllBytes(Path.Combine(_folder, name + ".bin"), file);
        }
        var images = ImageSet.Load(_folder, 0, size: 32, seed: 1);
        Assert.Equal((20, 4, 3, 32, 10), (images.Train.Count, images.HeldOut.Count, images.Channels, images.Size, images.Classes));
        Assert.Equal([200, 0, 0, 200, 0, 0], images.Picture(2).Pixels[..6]);
        Assert.Equal((200 / 255f - 0.5f) / 0.25f, images.Train[0].Input[0, 0, 0].Item<float>(), 1e-5f);

        var gray = ImageSet.LoadGray(_folder, 0, size: 32, seed: 1, range: (-1, 1));
        Assert.Equal(1, gray.Channels);
        Assert.Equal(60 / 255f * 2 - 1, gray.Train[0].Input[0, 0, 0].Item<float>(), 1e-5f);
    }

    [Fact]
    public void Colours_are_augmented_and_the_run_goes_on_from_any_step()
    {
        DrawClasses("train", count: 12, channels: 3, seed: 1);
        DrawClasses("val", count: 3, channels: 3, seed: 2);
        string run = Trained(Config(epochs: 1) with { Augment = true });

        Assert.True(Run.Resume(run, epochs: 2).Train());
    }

    [Fact]
    public void A_folder_of_nothing_known_is_told_what_could_be_there()
    {
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "");
        var error = Assert.Throws<FileNotFoundException>(() => ImageSource.Check(_folder));

        foreach (string form in (string[])["train-images-idx3-ubyte", "CIFAR-10", ".png", "notes.txt"]) Assert.Contains(form, error.Message);
        Assert.Throws<DirectoryNotFoundException>(() => ImageSource.Check(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void Folders_that_name_other_classes_than_those_trained_on_are_refused()
    {
        DrawClasses("train", count: 2, channels: 3, seed: 1);
        DrawClasses("test", count: 2, channels: 3, seed: 2);
        Directory.Move(Path.Combine(_folder, "test", "red"), Path.Combine(_folder, "test", "pink"));

        Assert.Contains("pink", Assert.Throws<InvalidDataException>(() => ImageSource.Read(_folder, 8)).Message);
    }
}
