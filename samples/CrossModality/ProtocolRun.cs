using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Evaluation.Reports;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>
/// Med-R1's protocol (arXiv 2503.13939): a model for each domain and method, tested on all domains; beside it the model as it came, a
/// larger one, and what sees no picture.
/// </summary>
internal sealed class ProtocolRun(ProtocolSettings settings, TextWriter console)
{
    public const string ZeroShot = "zero-shot";
    public const string Larger = "larger model, zero-shot";
    public const string BlankZeroShot = "zero-shot, blank pictures";
    private const string BlankSuffix = ", same domain, blank pictures";
    private static readonly string[] Methods = [DomainTrainer.Supervised, DomainTrainer.Grpo];

    private readonly CellStore _store = new(settings.Output);
    private readonly DomainTrainer _trainer = new(settings, console);
    private readonly List<CalibrationReport> _calibrations = [];
    private string _modelHash = "";
    private string? _largerHash;
    private ProtocolProgress _progress = new(console, 0);

    public async Task<CrossDomainReport> RunAsync(CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize();
        DomainLoader loader = new(settings.Data, settings.Splits, settings.Seed);
        IReadOnlyList<DomainFamily> all = loader.Load(cancellationToken: cancellationToken);
        DomainFamily[] families = [.. new DomainChoice(settings).Of(all)];
        _modelHash = ContentHash.OfFolder(settings.Checkpoint, cancellationToken: cancellationToken);
        _largerHash = settings.LargerCheckpoint is string larger ? ContentHash.OfFolder(larger, cancellationToken: cancellationToken) : null;
        string dataHash = ContentHash.OfExamples(all.SelectMany(family => family.Domains).SelectMany(domain => domain.Train.Concat(domain.Test)));
        _store.Open(settings.Identity(_modelHash, _largerHash, dataHash));
        int total = families.Sum(CellCount);
        _progress = new ProtocolProgress(console, total);
        console.WriteLine($"{_store.Count} of {total} cells are finished already; each is kept when it is done.");

        List<TransferReport> transfers = [];
        List<ReportComparison> comparisons = [];
        foreach (DomainFamily family in families.Where(family => family.Domains.Count > 0))
        {
            await FamilyAsync(family, transfers, comparisons, cancellationToken);
        }

        CrossDomainReport report = new()
        {
            Title = "Cross-domain protocol of Med-R1",
            Notes = [.. new ProtocolNotes(settings, loader.HasSplitFiles).For(families)],
            Transfers = transfers,
            Comparisons = comparisons,
            Curves = [.. families.Where(family => family.Domains.Count > 0).SelectMany(new RewardCurves(_store, settings, OriginOf(false, null)).Of)],
            Calibrations = _calibrations,
        };
        ReportWriter.Save(report, Path.Combine(settings.Output, "report"));
        return report;
    }

    private int CellCount(DomainFamily family)
    {
        int domains = family.Domains.Count;
        int untrained = 2 + (settings.LargerCheckpoint is null ? 0 : 1) + (settings.ScoresOptions ? 2 : 0);
        return domains * (untrained + Methods.Length * (domains + 1));
    }

    private async Task FamilyAsync(
        DomainFamily family, List<TransferReport> transfers, List<ReportComparison> comparisons, CancellationToken cancellationToken)
    {
        string[] names = [.. family.Domains.Select(domain => domain.Name)];
        Dictionary<string, EvaluationReport> zeroShot = await UntrainedAsync(family, ZeroShot, settings.Checkpoint, domain => domain.Test, cancellationToken);
        List<TransferRow> others =
            [Row(BlankZeroShot, await UntrainedAsync(family, BlankZeroShot, settings.Checkpoint, domain => domain.Test.BlankImages(), cancellationToken))];
        if (settings.LargerCheckpoint is string larger)
        {
            others.Add(Row(Larger, await UntrainedAsync(family, Larger, larger, domain => domain.Test, cancellationToken)));
        }

        if (settings.ScoresOptions)
        {
            others.Add(await OptionsAsync(family, OptionScoring.OmniMedVqaPrefix, cancellationToken));
            others.Add(await OptionsAsync(family, settings.Style.Options, cancellationToken));
        }

        List<TransferMatrix> matrices = [];
        foreach (string method in Methods)
        {
            List<(string Train, string Test, EvaluationReport Report)> cells = [];
            Dictionary<string, EvaluationReport> blank = [];
            foreach (Domain domain in family.Domains)
            {
                IReadOnlyList<EvaluationReport> row = await TrainedAsync(family, domain, method, cancellationToken);
                cells.AddRange(row.SkipLast(1).Zip(names, (report, test) => (domain.Name, test, report)));
                blank[domain.Name] = row[^1];
                int own = Array.IndexOf(names, domain.Name);
                comparisons.Add(ReportComparison.Compare(zeroShot[domain.Name], row[own]));
            }

            matrices.Add(new TransferMatrix(
                method, settings.Style.Rule.Name, names, cells.Select(cell => new TransferCell(cell.Train, cell.Test, cell.Report.Overall.Accuracy)))
            {
                Origin = Whole(cells.Select(cell => cell.Report)) with { Training = _trainer.Describe(method, $"one {family.Grouping}") },
            });
            others.Add(Row(method + BlankSuffix, blank) with { IsSameDomain = true });
        }

        transfers.Add(new TransferReport
        {
            Grouping = family.Grouping,
            Domains = names,
            MissingDomains = family.Missing,
            ZeroShot = Row(ZeroShot, zeroShot),
            Others = others,
            Methods = matrices,
            Blind = Blind(family),
            Chance = zeroShot.ToDictionary(pair => pair.Key, pair => pair.Value.Overall.Chance),
            Questions = family.Domains.ToDictionary(domain => domain.Name, domain => (domain.Train.Count, domain.Test.Count)),
        });
    }

    private static TransferMatrix Blind(DomainFamily family)
    {
        (string Train, string Test, EvaluationReport Report)[] cells =
        [
            .. family.Domains.SelectMany(train =>
            {
                BlindPrior prior = BlindPrior.Fit(train.Train);
                return family.Domains.Select(test => (train.Name, test.Name, prior.Evaluate(test.Test)));
            }),
        ];
        return new TransferMatrix(
            "blind option prior", BlindPrior.RuleName, [.. family.Domains.Select(domain => domain.Name)],
            cells.Select(cell => new TransferCell(cell.Train, cell.Test, cell.Report.Overall.Accuracy)))
        {
            Origin = Whole(cells.Select(cell => cell.Report)) with { Training = "counted on the training questions of the row's domain" },
        };
    }

    private static TransferRow Row(string name, Dictionary<string, EvaluationReport> reports) =>
        new(name, reports.Values.First().Rule, reports.ToDictionary(pair => pair.Key, pair => pair.Value.Overall.Accuracy)) { Origin = Whole(reports.Values) };

    /// <summary>The origin of a table: what its cells share, with one hash of all their questions.</summary>
    private static ReportOrigin Whole(IEnumerable<EvaluationReport> reports)
    {
        EvaluationReport[] all = [.. reports];
        VqaExample[] questions = [.. all.DistinctBy(report => report.Origin.DataHash).SelectMany(report => report.Answers).Select(answer => answer.Example)];
        return all[0].Origin with { Dataset = $"{questions.Length} test questions", DataHash = ContentHash.OfExamples(questions) };
    }

    /// <summary>The model as it came, choosing by the probabilities of the options; how sure it is goes to the calibrations.</summary>
    private async Task<TransferRow> OptionsAsync(DomainFamily family, OptionScoring scoring, CancellationToken cancellationToken)
    {
        Dictionary<string, EvaluationReport> reports = await UntrainedAsync(
            family, $"{ZeroShot}, {scoring.Name}", settings.Checkpoint, domain => domain.Test, cancellationToken,
            (model, test, options) => OptionEvaluator.EvaluateAsync(
                new PolicyContinuationScorer(model), test, scoring, options, _progress, cancellationToken));
        TransferRow row = Row($"{ZeroShot}, {scoring.Name}", reports);
        _calibrations.Add(CalibrationReport.Measure(EvaluationReport.Create(
            $"{row.Name}, by {family.Grouping}", scoring.Name, reports.Values.SelectMany(report => report.Answers), row.Origin)));
        return row;
    }

    private async Task<Dictionary<string, EvaluationReport>> UntrainedAsync(
        DomainFamily family, string name, string checkpoint, Func<Domain, IVqaDataset> test, CancellationToken cancellationToken,
        Func<Qwen2VLPolicy, IVqaDataset, EvaluationOptions, Task<EvaluationReport>>? evaluate = null)
    {
        using LazyPolicy policy = new(() => Load(checkpoint, cancellationToken));
        Dictionary<string, EvaluationReport> reports = [];
        foreach (Domain domain in family.Domains)
        {
            string path = _store.PathOf(family.Grouping, name, domain.Name);
            reports[domain.Name] = await CellAsync(path, policy, test(domain), $"{name} on {DomainLabels.Short(domain.Name)}", null, name == Larger, cancellationToken, evaluate);
        }

        return reports;
    }

    /// <summary>The cells of one row: all test domains, then the own one with blank pictures.</summary>
    private async Task<IReadOnlyList<EvaluationReport>> TrainedAsync(
        DomainFamily family, Domain train, string method, CancellationToken cancellationToken)
    {
        string trainingFolder = _store.TrainingFolder(family.Grouping, method, train.Name);
        using LazyPolicy policy = new(async () =>
        {
            Qwen2VLPolicy loaded = await Load(settings.Checkpoint, cancellationToken);
            console.WriteLine($"{_trainer.Describe(method, DomainLabels.Short(train.Name))} ({train.Train.Count} questions)");
            await _trainer.TrainAsync(
                method, loaded, train.Train, trainingFolder, _store.MetricsFile(family.Grouping, method, train.Name), cancellationToken);
            return loaded;
        });
        string training = _trainer.Describe(method, DomainLabels.Short(train.Name));
        List<EvaluationReport> row = [];
        foreach (Domain test in family.Domains)
        {
            string path = _store.PathOf(family.Grouping, method, train.Name, test.Name);
            row.Add(await CellAsync(
                path, policy, test.Test, $"{method}, {DomainLabels.Short(train.Name)} → {DomainLabels.Short(test.Name)}", training, false, cancellationToken));
        }

        row.Add(await CellAsync(
            _store.PathOf(family.Grouping, method, train.Name, "blank"), policy, train.Test.BlankImages(),
            $"{method}, {DomainLabels.Short(train.Name)}, blank pictures", training, false, cancellationToken));
        if (!settings.KeepCheckpoints && Directory.Exists(trainingFolder))
        {
            Directory.Delete(trainingFolder, recursive: true);
        }

        return row;
    }

    private async Task<EvaluationReport> CellAsync(
        string path, LazyPolicy policy, IVqaDataset test, string what, string? training, bool isLarger, CancellationToken cancellationToken,
        Func<Qwen2VLPolicy, IVqaDataset, EvaluationOptions, Task<EvaluationReport>>? evaluate = null)
    {
        if (_store.Find(path) is EvaluationReport finished)
        {
            _progress.Kept();
            return finished;
        }

        Qwen2VLPolicy model = await policy.GetAsync();
        _progress.Begin(what);
        EvaluationOptions options = new()
        {
            Name = what,
            MaxNewTokens = settings.MaxNewTokens,
            BatchSize = settings.BatchSize,
            Origin = OriginOf(isLarger, training),
        };
        EvaluationReport report = evaluate is null
            ? await Evaluator.EvaluateAsync(
                new LocalSampler(model), test, settings.Style.TestPrompt, settings.Style.Rule, options, _progress, cancellationToken)
            : await evaluate(model, test, options);
        ReportFile.Save(report, path);
        _progress.End(report);
        return report;
    }

    private ReportOrigin OriginOf(bool isLarger, string? training) => new()
    {
        Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(isLarger ? settings.LargerCheckpoint! : settings.Checkpoint)),
        ModelHash = isLarger ? _largerHash : _modelHash,
        Seed = settings.Seed,
        Training = training,
    };

    private Task<Qwen2VLPolicy> Load(string checkpoint, CancellationToken cancellationToken) =>
        Task.FromResult(Qwen2VLPolicy.Load(checkpoint, new Device(settings.Device), cancellationToken: cancellationToken));
}
