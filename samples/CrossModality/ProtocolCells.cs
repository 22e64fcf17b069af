using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>Computes the cells of a run that are not finished yet, and stores each when it is done.</summary>
internal sealed class ProtocolCells(
    ProtocolSettings settings, CellStore store, ProtocolProgress progress, DomainTrainer trainer, ProtocolModels models,
    TextWriter console)
{
    /// <summary>Tests an untrained model on the questions of each domain.</summary>
    /// <param name="grouping">The kind of the domains.</param>
    /// <param name="name">The name of the row.</param>
    /// <param name="model">The model.</param>
    /// <param name="tests">The questions of each domain.</param>
    /// <param name="evaluate">How to ask; null for greedy answers under the style's rule.</param>
    /// <param name="cancellationToken">Cancels between answers.</param>
    public async Task<Dictionary<string, EvaluationReport>> UntrainedAsync(
        string grouping, string name, ProtocolModel model, IEnumerable<(Domain Domain, IVqaDataset Test)> tests,
        CellEvaluation? evaluate, CancellationToken cancellationToken)
    {
        using LazyPolicy policy = new(() => Load(model, cancellationToken));
        Dictionary<string, EvaluationReport> reports = [];
        foreach ((Domain domain, IVqaDataset test) in tests)
        {
            Cell cell = new(store.PathOf(grouping, name, domain.Name), $"{name} on {domain.Label}", test, model.Origin);
            reports[domain.Name] = await CellAsync(cell, policy, evaluate, cancellationToken);
        }

        return reports;
    }

    /// <summary>Computes the cells of a training: all test domains, then its own domain with blank images.</summary>
    public async Task<IReadOnlyList<EvaluationReport>> TrainedAsync(
        DomainFamily family, Domain train, string method, CancellationToken cancellationToken)
    {
        string folder = store.TrainingFolder(family.Grouping, method, train.Name);
        string training = trainer.Describe(method, train.Label);
        using LazyPolicy policy = new(async () =>
        {
            Qwen2VLPolicy loaded = await Load(models.Base, cancellationToken);
            console.WriteLine($"{training} ({train.Train.Count} questions)");
            string metrics = store.MetricsFile(family.Grouping, method, train.Name);
            await trainer.TrainAsync(method, loaded, train.Train, folder, metrics, cancellationToken);
            return loaded;
        });
        ReportOrigin origin = models.Base.Origin with { Training = training };
        List<EvaluationReport> row = [];
        foreach (Domain test in family.Domains)
        {
            Cell cell = new(
                store.PathOf(family.Grouping, method, train.Name, test.Name), $"{method}, {train.Label} → {test.Label}",
                test.Test, origin);
            row.Add(await CellAsync(cell, policy, null, cancellationToken));
        }

        Cell blank = new(
            store.PathOf(family.Grouping, method, train.Name, "blank"), $"{method}, {train.Label}, blank images",
            train.Test.BlankImages(), origin);
        row.Add(await CellAsync(blank, policy, null, cancellationToken));
        if (!settings.KeepCheckpoints && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return row;
    }

    private async Task<EvaluationReport> CellAsync(
        Cell cell, LazyPolicy policy, CellEvaluation? evaluate, CancellationToken cancellationToken)
    {
        if (store.Find(cell.Path) is EvaluationReport finished)
        {
            progress.Kept();
            return finished;
        }

        Qwen2VLPolicy model = await policy.GetAsync();
        progress.Begin(cell.What);
        EvaluationOptions options = new()
        {
            Name = cell.What,
            MaxNewTokens = settings.MaxNewTokens,
            BatchSize = settings.BatchSize,
            Origin = cell.Origin,
        };
        EvaluationReport report = await (evaluate ?? GreedyAsync)(model, cell.Test, options);
        ReportFile.Save(report, cell.Path);
        progress.End(report);
        return report;

        Task<EvaluationReport> GreedyAsync(IVisionLanguagePolicy asked, IVqaDataset test, EvaluationOptions how) =>
            Evaluator.EvaluateAsync(
                new LocalSampler(asked), test, settings.Style.TestPrompt, settings.Style.Rule, how, progress,
                cancellationToken);
    }

    private Task<Qwen2VLPolicy> Load(ProtocolModel model, CancellationToken cancellationToken) => Task.FromResult(Qwen2VLPolicy.Load(
        model.Folder, ImageFiles.LoadProcessor(model.Folder), DeviceName.Open(settings.Device), model.DataType,
        cancellationToken: cancellationToken));

    private sealed record Cell(string Path, string What, IVqaDataset Test, ReportOrigin Origin);
}
