namespace Descent.Tabular;

/// <summary>Features as trees see them: float32, so that a threshold splits in prediction as it did in training.</summary>
sealed class TreeData
{
    internal TreeData(Features x)
    {
        Columns = new float[x.Columns][];
        Levels = new int[x.Columns];
        for (int j = 0; j < Columns.Length; j++)
        {
            var column = x.Column(j);
            float[] values = Columns[j] = new float[column.Length];
            for (int i = 0; i < values.Length; i++) values[i] = (float)column[i];
            Levels[j] = x.Schema.Features[j].Levels.Length;
        }
        Rows = x.Rows;
    }

    internal float[][] Columns { get; }

    /// <summary>The number of levels of each category; 0 of numbers.</summary>
    internal int[] Levels { get; }

    internal int Rows { get; }
}
