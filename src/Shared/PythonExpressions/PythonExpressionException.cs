namespace MedR1;

/// <summary>
/// An expression that Python's <c>re</c> does not accept, or that the translation does not support. The message is the reason only;
/// whoever knows where the expression is from says which one it is.
/// </summary>
internal sealed class PythonExpressionException(string reason, Exception? innerException = null)
    : FormatException(reason, innerException);
