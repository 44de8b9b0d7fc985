using System.Globalization;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A CSV file of numbers is read, its columns brought to one scale, and a line fitted to it by gradient descent.</summary>
public static class TableRegression
{
    /// <returns>The share of the variance that the fit explains, R².</returns>
    public static double Run(TextWriter output, int rows = 400, int steps = 300)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        try
        {
            Write(path, rows);
            return Fit(output, CsvTable.Read(path).ToDataset("price"), steps);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static double Fit(TextWriter output, TensorDataset set, int steps)
    {
        Generator.ManualSeed(1);
        var (x, y) = (Standardize(set.Inputs), Standardize(set.Targets));
        var model = new Linear(x.Shape[1], 1);
        var optimizer = new SGD(model.Parameters(), learningRate: 0.1);
        for (int step = 0; step < steps; step++)
        {
            optimizer.ZeroGrad();
            F.MseLoss(model.Forward(x), y).Backward();
            optimizer.Step();
        }
        // The targets have variance 1, so what is left of it is the mean squared error.
        double explained = 1 - F.MseLoss(model.Forward(x), y).Item();
        output.WriteLine($"weights {model.Weight}");
        output.WriteLine($"R² = {explained:F4}");
        return explained;
    }

    static Tensor Standardize(Tensor x) => (x - x.Mean(0, keepDim: true)) / x.Std(0, keepDim: true);

    /// <summary>Flats whose price follows from area and age, and hardly from the floor.</summary>
    static void Write(string path, int rows)
    {
        var generator = new Generator(5);
        using var file = new StreamWriter(path);
        file.WriteLine("area,age,floor,price");
        for (int i = 0; i < rows; i++)
        {
            double area = 30 + 90 * generator.NextDouble(), age = 60 * generator.NextDouble(), floor = generator.NextInt64(0, 12);
            double price = 3_000 * area - 1_500 * age + 200 * floor + 10_000 * generator.NextNormal();
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{area:F1},{age:F0},{floor},{price:F0}"));
        }
    }
}
