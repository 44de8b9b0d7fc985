using Descent.NN;

namespace Descent.Tabular;

/// <summary>Models in the ONNX format, for other programs to predict with in float32.</summary>
public static class OnnxModelFile
{
    extension(IModel model)
    {
        /// <summary>
        /// Writes a sum of trees or of weighted features as ONNX (operators of ai.onnx.ml and ai.onnx 13). Its input <c>features</c> is (N × features)
        /// float32, NaN where missing, a category the number of its level; its output <c>prediction</c> is (N × 1), or of classes
        /// <c>probabilities</c> (N × classes) and <c>label</c> (N), the class's number. The file's metadata tell features and classes by name.
        /// </summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="NotSupportedException">The model is no such sum.</exception>
        public void SaveOnnx(string path)
        {
            ArgumentNullException.ThrowIfNull(model);
            OnnxWriter.Write(path, new OnnxBuilder(model).Build());
        }
    }
}
