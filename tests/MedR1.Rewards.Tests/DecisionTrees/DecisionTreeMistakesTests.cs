using System.Text.Json;

using Json.Schema;

namespace MedR1.Rewards.Tests;

public sealed class DecisionTreeMistakesTests
{
    private static readonly JsonSchema s_schema =
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Trees.Folder, "decision-tree.schema.json")));

    [Fact]
    public void The_shipped_trees_and_those_of_the_tests_match_the_schema()
    {
        string[] trees =
        [
            .. Directory.GetFiles(Trees.Folder, "*.json").Where(file => !file.EndsWith("schema.json")).Select(File.ReadAllText),
            DecisionTreeTests.Small(),
        ];
        Assert.Equal(3, trees.Length);
        Assert.All(trees, tree => Assert.True(Fits(tree), tree));
    }

    [Theory]
    [InlineData("""{ "name": "n" }""")]
    [InlineData("""{ "name": "n", "source": "s", "root": "q", "findings": {}, "nodes": { "q": { "diagnosis": "d" } } }""")]
    [InlineData("""{ "name": "n", "source": "s", "root": "q", "findings": { "f": {} }, "nodes": { "q": { "diagnosis": "d" } } }""")]
    public void The_schema_refuses_what_the_reader_refuses(string json)
    {
        Assert.False(Fits(json));
        Assert.Throws<DecisionTreeException>(() => DecisionTree.Parse(json));
    }

    [Theory]
    [InlineData("\"to\": \"m\"", "\"to\": \"x\"", "unknown node 'x'")]
    [InlineData("\"to\": \"m\"", "\"to\": \"q\"", "there is a cycle: q → q")]
    [InlineData("\"to\": \"m\"", "\"to\": \"b\"", "node 'm' can't be reached")]
    [InlineData("\"root\": \"q\"", "\"root\": \"z\"", "root is 'z', which is not a node")]
    [InlineData("{ \"diagnosis\": \"malignant\" }", "{ }", "node 'm' is a leaf without a diagnosis")]
    [InlineData("\"diagnosis\": \"malignant\"", "\"diagnosis\": \"Benign!\"", "means both the diagnosis")]
    [InlineData("\"absentPhrases\": [\"smooth\"]", "\"absentPhrases\": [\"Spiculation.\"]", "is ambiguous")]
    [InlineData("\"phrases\": [\"spiculation\"]", "\"phrases\": [\"spiculation\", \"-\"]", "contains no word")]
    [InlineData("\"finding\": \"spiculated\", \"to\"", "\"finding\": \"round\", \"to\"", "unknown finding 'round'")]
    [InlineData(", \"absent\": true", "", "2 branches for 'spiculated' being present")]
    [InlineData("\"name\": \"n\"", "\"nam\": \"n\"", "The document is not a valid decision tree")]
    [InlineData("\"name\": \"n\", \"source\": \"s\"", "\"name\": \"n\", \"source\": \" \"", "source is missing")]
    [InlineData("\"question\": \"Margin?\"", "\"question\": \"Margin?\", \"diagnosis\": \"d\"", "has a question and a diagnosis")]
    [InlineData("\"source\": \"s\"", "\"source\": \"s\", \"order\": \"free\"", "order is 'free'")]
    public void A_mistake_in_a_tree_is_named(string right, string wrong, string message)
    {
        string json = DecisionTreeTests.Small();
        Assert.Contains(right, json);
        Assert.Contains(message, Assert.Throws<DecisionTreeException>(
            () => DecisionTree.Parse(json.Replace(right, wrong))).Message);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        const string Json = """
            {
              "name": "n", "source": "s", "root": "a",
              "findings": {
                "one": { "phrases": ["mass"] },
                "two": { "phrases": ["Mass"] },
                "idle": { "phrases": ["idle"] },
                "small": { "range": { "unit": "mm", "atMost": 6 } },
                "large": { "range": { "unit": "mm", "atLeast": 6 } },
                "odd": { "range": { "unit": "ell", "above": 3, "below": 2 } }
              },
              "nodes": {
                "a": { "question": "?", "branches": [ { "finding": "one", "to": "b" }, { "finding": "two", "to": "c" } ] },
                "b": { "question": "?", "branches": [ { "finding": "small", "to": "a" }, { "finding": "large", "to": "d" } ] },
                "c": { "question": "?", "branches": [ { "finding": "odd", "otherwise": true, "to": "d" } ] },
                "d": { }
              }
            }
            """;
        IReadOnlyList<string> problems = Assert.Throws<DecisionTreeException>(() => DecisionTree.Parse(Json)).Errors;
        foreach (string expected in new[]
        {
            "'Mass' is ambiguous", "unknown unit 'ell'", "'odd' is empty", "overlap", "has 1 branch(es)",
            "both a finding and 'otherwise'", "node 'd' is a leaf without", "'idle' is not used by any node",
            "cycle: a → b → a",
        })
        {
            Assert.Contains(problems, problem => problem.Contains(expected));
        }

        Assert.Equal(9, problems.Count);
    }

    private static bool Fits(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return s_schema.Evaluate(document.RootElement).IsValid;
    }
}
