using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedR1.Rewards;

/// <summary>
/// A radiological decision tree: questions, the findings that answer them, branches, and leaves with diagnoses, read from a JSON
/// document (docs/rewards.md, docs/decision-trees/decision-tree.schema.json). It checks whether reasoning leads from the root to
/// its answer. Immutable and thread-safe.
/// </summary>
public sealed class DecisionTree
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private readonly TreeDocument _document;
    private readonly StatementReader _reader;
    private readonly TreePaths _paths;

    private DecisionTree(TreeDocument document)
    {
        _document = document;
        _reader = new StatementReader(document.Findings!);
        _paths = new TreePaths(document);
    }

    /// <summary>The tree's name.</summary>
    public string Name => _document.Name!;

    /// <summary>The source of its facts.</summary>
    public string Source => _document.Source!;

    /// <summary>The diagnoses of its leaves, without duplicates.</summary>
    public IReadOnlyList<string> Diagnoses => _paths.Diagnoses;

    /// <summary>Reads a tree.</summary>
    /// <param name="json">The JSON document.</param>
    /// <exception cref="DecisionTreeException">The document is invalid; the exception lists every mistake.</exception>
    public static DecisionTree Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        TreeDocument document;
        try
        {
            document = JsonSerializer.Deserialize<TreeDocument>(json, s_json)
                ?? throw new DecisionTreeException(
                    ["The document is null: give an object with name, source, root, findings and nodes."]);
        }
        catch (JsonException exception)
        {
            throw new DecisionTreeException([$"The document is not a valid decision tree: {exception.Message}"], exception);
        }

        IReadOnlyList<string> problems = TreeValidator.Validate(document);
        return problems.Count == 0 ? new DecisionTree(document) : throw new DecisionTreeException(problems);
    }

    /// <summary>Reads a tree from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DecisionTreeException">The document is invalid; the exception lists every mistake.</exception>
    public static DecisionTree Load(string path) => Parse(File.ReadAllText(path));

    /// <summary>
    /// Checks reasoning against its answer: whether the findings that lead from the root to a leaf with that diagnosis are stated,
    /// in the tree's order and without contradiction. If several paths lead to such leaves, the best one counts.
    /// </summary>
    /// <param name="reasoning">The model's reasoning.</param>
    /// <param name="answer">The model's answer.</param>
    public DecisionTreeReport Check(string reasoning, string answer)
    {
        ArgumentNullException.ThrowIfNull(reasoning);
        ArgumentNullException.ThrowIfNull(answer);
        if (_paths.DiagnosisOf(answer) is not string diagnosis)
        {
            return new DecisionTreeReport(0, null, []);
        }

        PathCheck check = new(_document, reasoning, _reader.Read(reasoning));
        return _paths.To(diagnosis)
            .Select(path => check.Report(diagnosis, path))
            .MaxBy(report => (report.Score, report.Steps.Sum(step => step.Credit)))!;
    }
}
