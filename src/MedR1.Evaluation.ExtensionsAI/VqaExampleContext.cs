using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace MedR1.Evaluation.ExtensionsAI;

/// <summary>Tells an evaluator which question was answered, and thus which answer is right.</summary>
public sealed class VqaExampleContext : EvaluationContext
{
    /// <summary>The name under which it appears in a result.</summary>
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
