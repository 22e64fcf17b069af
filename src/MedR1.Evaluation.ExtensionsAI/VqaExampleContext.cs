using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace MedR1.Evaluation.ExtensionsAI;

/// <summary>Passes an evaluator the question that was answered, with its right answer.</summary>
public sealed class VqaExampleContext : EvaluationContext
{
    /// <summary>The name of the context in a result.</summary>
    public const string ContextName = "Question";

    /// <summary>Wraps a question.</summary>
    /// <param name="example">The question with its right answer.</param>
    public VqaExampleContext(VqaExample example)
        : base(ContextName, [new TextContent(Describe(example))]) => Example = example;

    /// <summary>The question with its right answer.</summary>
    public VqaExample Example { get; }

    private static string Describe(VqaExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return $"{example.Id}: {example.Problem} {example.Solution}";
    }
}
