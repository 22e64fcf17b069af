using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Evaluation.Reports;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Samples.CrossModality;

/// <summary>
/// Med-R1's protocol (arXiv 2503.13939): a model for each domain and method, tested on all domains; for comparison the untrained model, a
/// larger one, and baselines that see no image.
/// </summary>
internal sealed class ProtocolRun
{
    private const string ZeroShot = "zero-shot";
    private const string Larger = "larger model, zero-shot";
    private const string BlankZeroShot = "zero-shot, blank images";
    private const string BlankSuffix = ", same domain, blank images";
    private static readonly string[] s_methods = [DomainTrainer.Supervised, DomainTrainer.Grpo];

    private readonly ProtocolSettings _settings;
    private readonly ProtocolModels _models;
    private readonly DomainFamily[] _families;
    private readonly bool _hasSplitFiles;
    private readonly CellStore _store;
    private readonly DomainTrainer _trainer;
    private readonly ProtocolProgress _progress;
    private readonly ProtocolCells _cells;
    private readonly List<CalibrationReport> _calibrations = [];
    private readonly List<ReportComparison> _comparisons = [];

    private ProtocolRun(
        ProtocolSettings settings, ProtocolModels models, DomainFamily[] families, bool hasSplitFiles, CellStore store,
        TextWriter console)
    {
        _settings = settings;
        _models = models;
        _families = families;
        _hasSplitFiles = hasSplitFiles;
        _store = store;
        _trainer = new DomainTrainer(settings, console);
        int total = families.Sum(CellCount);
        _progress = new ProtocolProgress(console, total);
        _cells = new ProtocolCells(settings, store, _progress, _trainer, models, console);
        console.WriteLine($"{store.Count} of {total} cells are already finished; finished cells are kept.");
    }

    /// <summary>Starts a run, or continues it.</summary>
    /// <exception cref="InvalidOperationException">The folder contains a run of different settings.</exception>
    public static async Task<CrossDomainReport> RunAsync(
        ProtocolSettings settings, TextWriter console, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize();
        DomainLoader loader = new(settings.Data, settings.Splits, settings.Seed);
        IReadOnlyList<DomainFamily> all = loader.Load(cancellationToken: cancellationToken);
        if (settings.WithPhantoms)
        {
            all =
            [
                .. all.Select(family => family.Grouping == PhantomDomains.Grouping
                    ? family with { Domains = [.. family.Domains, .. PhantomDomains.Create()] } : family),
            ];
        }

        DomainFamily[] families = [.. new DomainChoice(settings).Of(all).Where(family => family.Domains.Count > 0)];
        ProtocolModels models = ProtocolModels.Of(settings, cancellationToken);
        string dataHash = ContentHash.OfExamples(
            all.SelectMany(family => family.Domains).SelectMany(domain => domain.Train.Concat(domain.Test)));
        CellStore store = new(settings.Output);
        store.Open(
            settings.Identity(models.Base.Origin.ModelHash!, models.Larger?.Origin.ModelHash, dataHash),
            ProtocolSettings.LargerModel);
        ProtocolRun run = new(settings, models, families, loader.HasSplitFiles, store, console);
        return await run.ReportAsync(cancellationToken);
    }

    private async Task<CrossDomainReport> ReportAsync(CancellationToken cancellationToken)
    {
        List<TransferReport> transfers = [];
        foreach (DomainFamily family in _families)
        {
            transfers.Add(await FamilyAsync(family, cancellationToken));
        }

        RewardCurves curves = new(_store, _settings, _models.Base.Origin);
        CrossDomainReport report = new()
        {
            Title = "Cross-domain protocol of Med-R1",
            Notes = [.. new ProtocolNotes(_settings, _hasSplitFiles).For(_families)],
            Transfers = transfers,
            Comparisons = _comparisons,
            Curves = [.. _families.SelectMany(curves.Of)],
            Calibrations = _calibrations,
        };
        ReportWriter.Save(report, Path.Combine(_settings.Output, "report"));
        return report;
    }

    private int CellCount(DomainFamily family)
    {
        int domains = family.Domains.Count;
        int untrained = 2 + (_models.Larger is null ? 0 : 1) + (_settings.ScoresOptions ? 2 : 0);
        return domains * (untrained + s_methods.Length * (domains + 1));
    }

    private async Task<TransferReport> FamilyAsync(DomainFamily family, CancellationToken cancellationToken)
    {
        Dictionary<string, EvaluationReport> zeroShot =
            await UntrainedAsync(family, ZeroShot, _models.Base, domain => domain.Test, null, cancellationToken);
        List<TransferRow> others = [.. await OthersAsync(family, cancellationToken)];
        List<TransferMatrix> matrices = [];
        foreach (string method in s_methods)
        {
            (TransferMatrix matrix, TransferRow blank) = await MethodAsync(family, method, zeroShot, cancellationToken);
            matrices.Add(matrix);
            others.Add(blank);
        }

        return new TransferReport
        {
            Grouping = family.Grouping,
            Domains = [.. family.Domains.Select(domain => domain.Name)],
            MissingDomains = family.Missing,
            SyntheticDomains = [.. family.Synthetic.Select(domain => domain.Name)],
            ZeroShot = TransferTables.Row(ZeroShot, zeroShot),
            Others = others,
            Methods = matrices,
            Blind = TransferTables.Blind(family),
            Chance = zeroShot.ToDictionary(pair => pair.Key, pair => pair.Value.Overall.Chance),
            Questions = family.Domains.ToDictionary(domain => domain.Name, domain => (domain.Train.Count, domain.Test.Count)),
        };
    }

    /// <summary>Computes the rows that need no training here, besides zero-shot.</summary>
    private async Task<IReadOnlyList<TransferRow>> OthersAsync(DomainFamily family, CancellationToken cancellationToken)
    {
        List<TransferRow> rows =
        [
            TransferTables.Row(BlankZeroShot, await UntrainedAsync(
                family, BlankZeroShot, _models.Base, domain => domain.Test.BlankImages(), null, cancellationToken)),
        ];
        if (_models.Larger is ProtocolModel larger)
        {
            rows.Add(TransferTables.Row(
                Larger, await UntrainedAsync(family, Larger, larger, domain => domain.Test, null, cancellationToken)));
        }

        if (_settings.ScoresOptions)
        {
            rows.Add(await OptionsAsync(family, OptionScoring.OmniMedVqaPrefix, cancellationToken));
            rows.Add(await OptionsAsync(family, _settings.Style.Options, cancellationToken));
        }

        return rows;
    }

    /// <summary>Tests the untrained model by its options' probabilities; its confidence on real images goes to the calibrations.</summary>
    private async Task<TransferRow> OptionsAsync(
        DomainFamily family, OptionScoring scoring, CancellationToken cancellationToken)
    {
        string name = $"{ZeroShot}, {scoring.Name}";
        Dictionary<string, EvaluationReport> reports = await UntrainedAsync(
            family, name, _models.Base, domain => domain.Test,
            (model, test, options) => OptionEvaluator.EvaluateAsync(
                new LocalContinuationScorer(model), test, scoring, options, _progress, cancellationToken),
            cancellationToken);
        TransferRow row = TransferTables.Row(name, reports);
        EvaluationReport[] real =
            [.. family.Domains.Where(domain => !domain.IsSynthetic).Select(domain => reports[domain.Name])];
        if (real.Length > 0)
        {
            EvaluationReport whole = EvaluationReport.Create(
                $"{name}, by {family.Grouping}", scoring.Name, real.SelectMany(report => report.Answers),
                TransferTables.Whole(real));
            _calibrations.Add(CalibrationReport.Measure(whole));
        }

        return row;
    }

    /// <summary>Computes the matrix of a method, and the accuracy of its models on their own domain with blank images.</summary>
    private async Task<(TransferMatrix Matrix, TransferRow Blank)> MethodAsync(
        DomainFamily family, string method, Dictionary<string, EvaluationReport> zeroShot, CancellationToken cancellationToken)
    {
        List<(string Train, string Test, EvaluationReport Report)> cells = [];
        Dictionary<string, EvaluationReport> blank = [];
        foreach (Domain train in family.Domains)
        {
            IReadOnlyList<EvaluationReport> row = await _cells.TrainedAsync(family, train, method, cancellationToken);
            cells.AddRange(family.Domains.Zip(row, (test, report) => (train.Name, test.Name, report)));
            blank[train.Name] = row[^1];
            EvaluationReport own = cells.Last(cell => cell.Train == train.Name && cell.Test == train.Name).Report;
            _comparisons.Add(ReportComparison.Compare(zeroShot[train.Name], own));
        }

        string training = _trainer.Describe(method, $"one {family.Grouping}");
        return (
            TransferTables.Matrix(method, family, cells, training),
            TransferTables.Row(method + BlankSuffix, blank) with { IsSameDomain = true });
    }

    private Task<Dictionary<string, EvaluationReport>> UntrainedAsync(
        DomainFamily family, string name, ProtocolModel model, Func<Domain, IVqaDataset> test, CellEvaluation? evaluate,
        CancellationToken cancellationToken) =>
        _cells.UntrainedAsync(
            family.Grouping, name, model, family.Domains.Select(domain => (domain, test(domain))), evaluate, cancellationToken);
}
