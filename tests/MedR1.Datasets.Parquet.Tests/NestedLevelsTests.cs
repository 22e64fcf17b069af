using System.Text.Json;
using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet.Tests;

public sealed class NestedLevelsTests
{
    private static readonly ListField s_messages = new(
        "messages", new StructField("element", new ListField("content", new StructField("element", new DataField<string>("text")))));

    private static readonly DataField s_text = new ParquetSchema(s_messages).DataFields.Single();

    // Each of the five is optional, so a level is reached by: list 1, entry 2, structure 3, list 4, entry 5, structure 6, text 7.
    private static readonly NestedLevels s_levels =
        new NestedLevels(0, []).OfList(true).OfStructure(true).OfList(true).OfStructure(true);

    [Theory]
    [InlineData("null", new[] { 0 }, new[] { 0 })]
    [InlineData("[]", new[] { 1 }, new[] { 0 })]
    [InlineData("[null]", new[] { 2 }, new[] { 0 })]
    [InlineData("[null]", new[] { 3 }, new[] { 0 })]
    [InlineData("[[]]", new[] { 4 }, new[] { 0 })]
    [InlineData("[[null]]", new[] { 5 }, new[] { 0 })]
    [InlineData("[[null]]", new[] { 6 }, new[] { 0 })]
    [InlineData("[[\"0\",null,\"1\"],[],null,[\"2\"]]", new[] { 7, 6, 7, 4, 3, 7 }, new[] { 0, 2, 2, 1, 1, 1 })]
    public void Slots_become_lists_in_lists(string row, int[] definitions, int[] repetitions)
    {
        object?[] rows = s_levels.Assemble(Column([0, .. definitions, 7], [0, .. repetitions, 0]), s_text, 3);
        Assert.Equal(row, JsonSerializer.Serialize(rows[1]));
        Assert.Null(rows[0]);
        Assert.Equal($"[[\"{definitions.Count(level => level == 7)}\"]]", JsonSerializer.Serialize(rows[2]));
    }

    [Theory]
    [InlineData("continues a list", new[] { 0, 7 }, new[] { 0, 1 })]
    [InlineData("continues a list", new[] { 1, 7 }, new[] { 0, 1 })]
    [InlineData("continues a list", new[] { 4, 7 }, new[] { 0, 2 })]
    [InlineData("continues a list", new[] { 7, 4, 7 }, new[] { 0, 1, 2 })]
    [InlineData("continues a list", new[] { 7, 4 }, new[] { 0, 2 })]
    [InlineData("continues a list", new[] { 7, 7 }, new[] { 0, 3 })]
    [InlineData("2 rows of 1", new[] { 7, 7 }, new[] { 0, 0 })]
    [InlineData("1 rows of 1", new[] { 7, 7 }, new[] { 1, 0 })]
    public void Slots_that_form_no_lists_are_refused(string fault, int[] definitions, int[] repetitions) => Assert.Contains(
        fault, Assert.Throws<InvalidDataException>(() => s_levels.Assemble(Column(definitions, repetitions), s_text, 1)).Message);

    [Fact]
    public void Levels_other_than_the_schema_s_and_missing_values_are_refused()
    {
        ColumnValues column = Column([7], [0]);
        NestedLevels required = new NestedLevels(0, []).OfList(true).OfStructure(false).OfList(true).OfStructure(true);
        Assert.Contains("up to 7 for 6", Assert.Throws<InvalidDataException>(() => required.Assemble(column, s_text, 1)).Message);
        Assert.Contains(
            "1 values of 0", Assert.Throws<InvalidDataException>(() => s_levels.Assemble(column with { Values = [] }, s_text, 1)).Message);
    }

    private static ColumnValues Column(int[] definitions, int[] repetitions) => new(
        [.. Enumerable.Range(0, definitions.Count(level => level == 7)).Select(i => $"{i}")], definitions, repetitions, 7);
}
