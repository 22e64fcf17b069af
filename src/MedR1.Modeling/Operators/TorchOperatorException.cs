namespace MedR1.Modeling;

/// <summary>
/// Thrown when an operator of libtorch rejects its arguments; libtorch prints its own message to the standard error stream.
/// </summary>
public sealed class TorchOperatorException : Exception
{
    /// <summary>Creates an exception that names the operator and its arguments.</summary>
    /// <param name="operatorName">The operator, for example <c>aten::rms_norm</c>.</param>
    /// <param name="arguments">The arguments, with the type, shape and device of tensors.</param>
    public TorchOperatorException(string operatorName, string arguments)
        : base($"The operator {operatorName} failed with the arguments ({arguments}). "
            + "Check their shapes, types and devices; libtorch's own message is on the standard error stream.")
    {
        OperatorName = operatorName;
        Arguments = arguments;
    }

    /// <summary>The name of the operator.</summary>
    public string OperatorName { get; }

    /// <summary>The arguments, with the type, shape and device of tensors.</summary>
    public string Arguments { get; }
}
