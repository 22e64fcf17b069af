namespace MedR1.Modeling;

/// <summary>Thrown when the tensors of a checkpoint do not match its configuration.</summary>
public sealed class CheckpointMismatchException : Exception
{
    private const int MostNames = 10;

    /// <summary>Creates an exception that lists the mismatched tensors.</summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <param name="missing">Parameters of the model that the checkpoint lacks.</param>
    /// <param name="unexpected">Tensors of the checkpoint for which the model has no parameter, or that occur twice.</param>
    /// <param name="shapes">
    /// Tensors of a different shape, each with name, shape in the checkpoint and shape in the model; and tensors of an unsupported
    /// data type, with that type.
    /// </param>
    public CheckpointMismatchException(
        string folder, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> shapes)
        : base(
            $"The weights in '{folder}' don't match its config.json:"
            + Part("missing", missing) + Part("unexpected", unexpected) + Part("with a different shape or type", shapes)
            + " Use config.json and weights of the same model.")
    {
        Missing = missing;
        Unexpected = unexpected;
        Shapes = shapes;
    }

    /// <summary>Parameters of the model that the checkpoint lacks.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Tensors of the checkpoint for which the model has no parameter, or that occur twice.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Tensors of a different shape, each with both shapes, and tensors of an unsupported data type.</summary>
    public IReadOnlyList<string> Shapes { get; }

    private static string Part(string what, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return "";
        string rest = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
        return $" {names.Count} {what} ({string.Join(", ", names.Take(MostNames))}{rest}).";
    }
}
