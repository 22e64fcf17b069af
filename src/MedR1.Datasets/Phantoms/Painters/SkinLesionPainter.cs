namespace MedR1.Datasets;

internal sealed class SkinLesionPainter : PhantomPainter
{
    private static readonly string[] s_colors = ["Brown", "Black", "Red", "Blue-grey"];
    private static readonly string[] s_borders = ["Smooth border", "Irregular border"];
    private static readonly string[] s_sizes = ["Small lesion", "Large lesion"];
    private static readonly string[] s_shapes = ["Round", "Elongated"];

    private static readonly PhantomColor[] s_inks =
        [new(125, 75, 40), new(35, 28, 25), new(190, 50, 45), new(85, 100, 130)];

    // Eight directions to the border, in thousandths of the radius.
    private static readonly (int X, int Y)[] s_directions =
        [(1000, 0), (707, 707), (0, 1000), (-707, 707), (-1000, 0), (-707, -707), (0, -1000), (707, -707)];

    public override PhantomFamily Family => PhantomFamily.SkinLesion;

    public override string Kind => "Skin spot";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int color = random.Below(s_colors.Length);
        int border = random.Below(2);
        int size = random.Below(2);
        int shape = random.Below(2);
        canvas.Fill(new PhantomColor(random.Between(205, 235), random.Between(165, 190), random.Between(140, 165)));
        int radius = size == 0 ? random.Between(115, 145) : random.Between(270, 310);
        bool lies = random.Below(2) == 0;
        int radiusX = shape == 1 && !lies ? radius * 55 / 100 : radius;
        int radiusY = shape == 1 && lies ? radius * 55 / 100 : radius;
        int x = 500 + random.Between(-60, 60);
        int y = 500 + random.Between(-60, 60);
        PhantomColor ink = s_inks[color];
        canvas.Ellipse(ink, x, y, radiusX, radiusY);
        if (border == 1)
        {
            // Every second direction gets a bulge, so the border has four bulges whichever direction is first.
            for (int i = random.Below(2); i < s_directions.Length; i += 2)
            {
                int bulge = Math.Min(radiusX, radiusY) * random.Between(30, 42) / 100;
                canvas.Disc(ink, x + s_directions[i].X * radiusX / 1000, y + s_directions[i].Y * radiusY / 1000, bulge);
            }
        }

        canvas.Ellipse(ink.Lighter(20), x, y, radiusX / 2, radiusY / 2);
        return
        [
            Fact("phantom_skin_color", QuestionType.OtherBiologicalAttributes, s_colors, color,
                "Which colour does the spot have?", "What is the colour of this skin spot?"),
            Fact("phantom_skin_border", QuestionType.LesionGrading, s_borders, border,
                "What is the border of the spot like?", "Is the border smooth or irregular?"),
            Fact("phantom_skin_size", QuestionType.LesionGrading, s_sizes, size,
                "How large is the spot?", "Is this a small or a large spot?"),
            Fact("phantom_skin_shape", QuestionType.OtherBiologicalAttributes, s_shapes, shape,
                "Which shape does the spot have?", "Is the spot round or elongated?"),
        ];
    }
}
