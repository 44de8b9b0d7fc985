namespace Descent.Tabular;

/// <summary>Linear boosters (gblinear) in XGBoost's formats, JSON and UBJSON.</summary>
public static class XgboostLinearModel
{
    extension(BoostedLinear linear)
    {
        /// <summary>Writes a linear model that XGBoost 1.6 and later loads: as UBJSON if the name ends in <c>.ubj</c>, else as JSON.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective.</exception>
        public void SaveXgboost(string path) => XgboostModel.Write(path, output => XgboostWriter.Write(linear, output));

        /// <summary>Writes a linear model that XGBoost 1.6 and later loads to a stream.</summary>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective.</exception>
        public void SaveXgboost(Stream stream, bool asUbjson = false) => XgboostModel.Write(stream, asUbjson, output => XgboostWriter.Write(linear, output));
    }

    extension(BoostedLinear)
    {
        /// <summary>Reads a linear model (gblinear) that XGBoost saved as JSON or UBJSON.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedLinear LoadXgboost(string path) => XgboostModel.Load<BoostedLinear>(File.ReadAllBytes(path), path);

        /// <summary>Reads a linear model (gblinear) that XGBoost saved as JSON or UBJSON from a stream.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedLinear LoadXgboost(Stream stream) => XgboostModel.Load<BoostedLinear>(XgboostModel.Bytes(stream), "XGBoost model");
    }
}
