using System.Diagnostics;
using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples.Comparison;

/// <summary>Runs all cells that are not finished yet, then writes the table and the figure.</summary>
internal sealed class ComparisonRun(ComparisonSettings settings, TextWriter console)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        RunFolder folder = new(settings.Output);
        IVqaDataset train = RealMini.LoadTrain(settings.Data, cancellationToken);
        IVqaDataset test = RealMini.LoadTest(settings.Data, cancellationToken);
        folder.Open(settings.Identity(
            ContentHash.OfFolder(settings.Base, cancellationToken: cancellationToken), ContentHash.OfExamples(train.Concat(test))));
        (Method Method, int Seed)[] cells = [.. settings.Cells];
        (Method Method, int Seed)[] missing = [.. cells.Where(cell => !File.Exists(folder.CellOf(cell.Method, cell.Seed)))];
        console.WriteLine(
            $"{cells.Length} cells of {settings.Steps} steps, {cells.Length - missing.Length} already finished; finished cells are kept.");
        Stopwatch clock = Stopwatch.StartNew();
        for (int index = 0; index < missing.Length; index++)
        {
            (Method method, int seed) = missing[index];
            int place = cells.Length - missing.Length + index + 1;
            console.WriteLine($"[{place}/{cells.Length}] {method.Title}{(method.Trains ? $", seed {seed}" : "")}");
            await CellProcess.RunAsync(settings, method, seed, cancellationToken);
            Cell cell = Cell.Find(folder.CellOf(method, seed))!;
            TimeSpan left = clock.Elapsed / (index + 1) * (missing.Length - index - 1);
            console.WriteLine(
                $"[{place}/{cells.Length}] {method.Title}: {cell.Accuracy:P1} of {cell.TestQuestions} (chance {cell.Chance:P1}), "
                + $"about {(long)left.TotalHours}:{left:mm\\:ss} left");
        }

        MethodSummary[] summaries = [.. settings.Methods.Select(method => new MethodSummary(
            method,
            [.. cells.Where(cell => cell.Method == method).Select(cell => Cell.Find(folder.CellOf(method, cell.Seed))!)]))];
        string table = new ComparisonTable(settings, summaries).ToMarkdown();
        WholeFile.Write(folder.Table, System.Text.Encoding.UTF8.GetBytes(table));
        ComparisonFigure.Save(folder.Figure, settings, summaries, folder);
        console.WriteLine();
        console.WriteLine(table);
        console.WriteLine($"The table is in {folder.Table}, the figure in {folder.Figure}.");
    }
}
